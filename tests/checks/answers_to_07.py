"""Right and wrong answers to the exercises of notebook 07."""

RIGHT = {
    "07-time-per-token": [40, 40.0, (1980 - 420) / 39],
    "07-p99": [299, 299.0],
    "07-under-way": [30, 30.0, 12 * 2.5],
    "07-choice": ["B", "b"],
}
WRONG = {
    "07-time-per-token": [
        (2010 / 40, "the wait for the first token"),
        (1980 / 40, "the wait for the first token"),
        (1980 / 39, "the wait for the first token"),
        ((1980 - 420) / 40, "39 gaps"),
        ((1980 - 420) / 13, "a piece can hold several tokens"),
        (1980 / 14, "a piece can hold several tokens"),
        ((2010 - 420) / 39, "the last piece came before"),
        ((2010 - 420) / 40, "the last piece came before"),
        (1560, "so long it wrote all of them"),
        (0.04, "in seconds"),
        (25, "tokens a second"),
        (90, "less than that"),
        (3, "more than that"),
        ("40", "a number of milliseconds"),
        (True, "a number of milliseconds"),
        (float("inf"), "a number of milliseconds"),
        (10**400, "a number of milliseconds"),
    ],
    "07-p99": [
        (100, "more: of 100 calls, all lie below the p99 in 36.6 % of such tests"),
        (298, "more: of 298 calls, all lie below the p99 in 5.004 %"),
        (298.07, "nearly: there are whole calls only"),
        (300, "fewer are enough"),
        (0, "a number of calls"),
        ("299", "a number of calls"),
    ],
    "07-under-way": [
        (4.8, "multiply"),
        (12, "how long does each stay"),
        (6000, "that is tokens"),
        (90, "fewer than that"),
        (20, "more than that"),
        (None.__class__, "a number of calls"),
    ],
    "07-choice": [
        ("A", "A: 90%, of 10; where does the interval begin?"),
        ("C", "C: a p95 from 40 calls shows nothing"),
        ("D", "D will do, and so will a cheaper one"),
        ("E", "E: its p95 is above 1,000 ms"),
        ("F", "one of A, B, C, D, E"),
        (2, "one of A, B, C, D, E"),
    ],
}
