"""Right and wrong answers to the exercises of notebook 03."""

RIGHT = {
    "03-by-hand": [1 / 3, 0.333],
    "03-three-tokens": [0.18, 0.16, 0.195],
    "03-top-k": [
        {"additionalModelRequestFields": {"top_k": 20}},
        {
            "inferenceConfig": {"maxTokens": 9},
            "additionalModelRequestFields": {"top_k": 20},
        },
    ],
    "03-refused": ["BD", "DB", {"B", "D"}, ["B", "D"]],
    "03-first-line": [["\n"], ["2."], ["\n2"], ["\n", "END"]],
}
WRONG = {
    "03-by-hand": [
        (0.25, "its share before any cut"),
        (0.25 / 0.9, "top-p cuts again, and scales again"),
        (0.5, "first keep three and scale"),
        ("1/3", "a number from 0 to 1"),
        (True, "a number from 0 to 1"),
    ],
    "03-three-tokens": [
        (0.5, "leaves 41 of 49,152; 3 are wanted. Try lower"),
        (0.1, "leaves 1 of 49,152; 3 are wanted. Try higher"),
        (18, "top_p is from 0 to 1; 18 is not"),
        (float("nan"), "nan is not"),
        ([0.18], "a number from 0 to 1"),
    ],
    "03-top-k": [
        ({"inferenceConfig": {"topK": 20}}, "boto3 refuses it: Parameter validation"),
        (
            {"additionalModelRequestFields": {"inferenceConfig": {"topK": 20}}},
            "Bedrock refuses it",
        ),
        ({"additionalModelRequestFields": {"top_k": 501}}, "Bedrock refuses it"),
        ({"additionalModelRequestFields": {"top_k": 5}}, "its top-k is 5, not 20"),
        ({"inferenceConfig": {"temperature": 0.5}}, "no top-k is in it"),
        ({"top_k": 20}, 'Unknown parameter in input: "top_k"'),
        (20, "a dict of arguments"),
    ],
    "03-refused": [
        ("B", "D is refused too"),
        ("D", "B is refused too"),
        ("ABD", "A is taken"),
        ("BCD", "C is taken"),
        ("", "B is refused too"),
        ("BX", "it should be letters"),
        (2, "it should be letters"),
    ],
    "03-first-line": [
        (["3."], "that leaves '1. Nose⏎2. Ears⏎'"),
        (["Nose"], "that leaves '1. '"),
        (["|"], "none of them comes up"),
        ([], "none of them comes up"),
        ([""], "a string with something in it"),
        ("\n", "a list of strings"),
        (7, "a list of strings"),
    ],
}
