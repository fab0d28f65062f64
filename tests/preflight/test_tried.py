"""Whatever happens becomes a finding."""

from bedrock_helpers.preflight.tried import tried


def raising(error):
    def call():
        raise error

    return call


def test_an_error_that_says_what_to_type_has_it_as_its_cure():
    finding = tried("x", raising(ValueError("It is 3. Type: make lab")))
    assert (finding.cause, finding.cure) == ("It is 3.", "make lab")


def test_an_error_that_nobody_knows_keeps_its_words():
    assert "no such thing" in repr(tried("x", raising(RuntimeError("no such thing"))))


def test_an_error_without_words_has_its_name():
    assert "RuntimeError" in repr(tried("x", raising(RuntimeError())))
