"""The progress of whoever works here: what their file has, or why it has nothing."""

import os

from bedrock_helpers.checks import progress_file
from bedrock_helpers.checks.progress import Progress
from bedrock_helpers.checks.progress_place import progress_path, spare_path


def progress():
    """
    What you have done so far: read the progress file.

    Returns
    -------
    Progress
        Empty when there is no file. One that cannot be read is not lost: the page
        says where it is.

    Examples
    --------
    >>> isinstance(progress().checks, dict)
    True
    """
    path, spare = progress_path(), spare_path()
    content, problem = progress_file.read_content(path)
    problems = [_in_words(path, problem)] if problem else []
    problems += [
        f"A progress file that could not be read is kept as {damaged.name}."
        for place in filter(None, (path, spare))
        for damaged in progress_file.damaged_beside(place)
    ]
    if spare is not None and spare.is_file():
        content = progress_file.merged(content, progress_file.read_content(spare)[0])
        problems.append(
            f"The room's folder could not be written: {spare.name}, in this folder, "
            "keeps what is missing there. The next check tries again."
        )
    return Progress(
        content["checks"],
        content["predictions"],
        passed_on=content["passed_on"],
        last_day=content.get("last_day"),
        problems=problems,
    )


def _in_words(path, problem):
    words = f"The progress file {path.name} {problem}"
    if not os.path.isfile(path):  # nor is one whose folder may not be looked into
        return f"{words}: nothing is kept."
    return (
        f"{words}. Nothing is lost: the next check keeps it as {path.name}.damaged "
        "and begins a new one."
    )
