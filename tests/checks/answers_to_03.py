"""Right and wrong answers to the exercises of notebook 03."""

RIGHT = {
    "03-by-hand": [1 / 3, 0.333],
    "03-five-tokens": [0.23, 0.225, 0.24],
    "03-top-k": [
        {"additionalModelRequestFields": {"top_k": 20}},
        {
            "inferenceConfig": {"maxTokens": 9},
            "additionalModelRequestFields": {"top_k": 20},
        },
    ],
    "03-refused": ["BD", "bd", "B, D", {"B", "D"}, ["B", "D"]],
    "03-first-line": [["\n2."], ["\n2"], ("\n2.", "END"), ["\n2. ", "\n2"]],
}
WRONG = {
    "03-by-hand": [
        (0.25, "its share before any cut"),
        (0.25 / 0.9, "top-p cuts again, and scales again"),
        (0.5, "first keep three and scale"),
        (33.3, "a number from 0 to 1"),
        ("1/3", "a number from 0 to 1"),
        (True, "a number from 0 to 1"),
    ],
    "03-five-tokens": [
        (0.5, "leaves 41 of 49,152; 5 are wanted. Try lower"),
        (0.198, "leaves 4 of 49,152; 5 are wanted. Try higher"),
        (23, "top_p is from 0 to 1; 23 is not"),
        (float("nan"), "nan is not"),
        ([0.23], "a number from 0 to 1"),
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
        (
            {
                "modelId": "amazon.nova-micro-v1:0",
                "additionalModelRequestFields": {"inferenceConfig": {"topK": 20}},
            },
            "leave modelId out",
        ),
        ({"top_k": 20}, 'Unknown parameter in input: "top_k"'),
        (20, "a dict of arguments"),
    ],
    "03-refused": [
        ("B", "1 more of them refused"),
        ("D", "1 more of them refused"),
        ("ABD", "A is taken"),
        ("BCD", "C is taken"),
        ("", "2 more of them refused"),
        ("BX", "it should be letters"),
        (2, "it should be letters"),
    ],
    "03-first-line": [
        (["3."], "that leaves '1. Nose⏎2. Ears⏎'"),
        (["2."], "that leaves '1. Nose⏎'"),
        (["\n2. Ears"], "of '1. Two 2-litre cans' and so on that leaves"),
        (["Nose"], "that leaves '1. '"),
        (["|"], "that leaves '1. Nose⏎2. Ears⏎3. Tail'"),
        ([r"\n2."], "that leaves '1. Nose⏎2. Ears⏎3. Tail'"),
        (["\n2. Ears\n3. Tail", "Ears"], "that leaves '1. Nose⏎2. '"),
        ({"stopSequences": ["\n2."]}, "a list of strings"),
        (["\n"], "Claude refuses a sequence of white space alone"),
        ([], "that leaves '1. Nose⏎2. Ears⏎3. Tail'"),
        ([""], "a string with something in it"),
        ("\n2.", "a list of strings"),
        (7, "a list of strings"),
    ],
}
