"""Nothing leaves this computer, and nothing on it changes what is answered."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

import bedrock_helpers as bh
from tests.offline.programs import LESSON, REPOSITORY, result, run

LISTENERS = """
    import os, subprocess
    inodes = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            inodes.add(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            pass
    for family in ("tcp", "tcp6", "udp", "udp6"):
        for line in open(f"/proc/self/net/{family}").readlines()[1:]:
            fields = line.split()
            listening = fields[3] == "0A" or family.startswith("udp")
            if listening and f"socket:[{fields[9]}]" in inodes:
                print("LISTENS", family, fields[1], file=sys.stderr)
"""


def works(*command):
    """Whether this computer lets us run a command."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_lesson_that_is_watched_does_what_it_should(undisturbed):
    assert "just now" in undisturbed["who"]
    assert undisturbed["text"] == undisturbed["streamed"] != ""
    assert undisturbed["far"] == "NotAvailableOffline"
    assert undisturbed["retries"] == 1
    ((host, authorization),) = undisturbed["signed"]
    assert host == "bedrock-runtime.us-east-1.amazonaws.com"
    assert authorization == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7"


# No connection beyond loopback, as the operating system sees it


def test_it_works_where_there_is_no_network_but_loopback(undisturbed, tmp_path):
    alone = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    if not works(*alone, "true"):
        pytest.skip("no network namespaces here (unshare -rn); see the strace test")
    assert result(run(LESSON, home=tmp_path, wrapper=alone)) == undisturbed


def test_every_address_it_connects_or_sends_to_is_loopback(undisturbed, tmp_path):
    log = tmp_path / "calls"
    calls = "trace=connect,sendto,sendmsg,sendmmsg,bind"
    watch = ("strace", "-f", "-qq", "-e", calls, "-o", str(log))
    if not works(*watch, "true"):
        pytest.skip("no strace here, or not permitted; see the namespace test")
    assert result(run(LESSON, home=tmp_path, wrapper=watch)) == undisturbed
    named = [line for line in log.read_text().splitlines() if "sin" in line]
    assert any("connect(" in line for line in named), "strace saw no connection at all"
    assert not [line for line in named if not is_loopback(line)]


AUDITED = """
import sys
reached = []
def watch(name, args):
    if name == "socket.connect":
        reached.append(args[1])
sys.addaudithook(watch)
import bedrock_helpers as bh
from botocore.config import Config
session = bh.connect()
auto = Config(defaults_mode="auto")
session.client("bedrock", config=auto).list_foundation_models()
hello = [{"role": "user", "content": [{"text": "Hello, small model."}]}]
session.client("bedrock-runtime", config=auto).converse(
    modelId=bh.catalog.GPT_OSS_20B, messages=hello, inferenceConfig={"maxTokens": 9}
)
print(sorted({address[0] for address in reached}))
"""


def test_python_itself_reports_no_connection_but_to_loopback(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", AUDITED], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "['127.0.0.1']", done.stderr


def test_a_region_without_bedrock_cannot_be_reached():
    client = bh.connect(region_name="us-east-1").client("bedrock", "mars-north-1")
    with pytest.raises(EndpointConnectionError, match="mars-north-1"):
        client.list_foundation_models()


def is_loopback(line):
    """Whether each address in a line of strace is on loopback."""
    found = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', line)
    return all(four.startswith("127.") or six == "::1" for four, six in found)


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs /proc")
def test_whatever_listens_is_on_loopback(tmp_path):
    done = run(LESSON, LISTENERS, home=tmp_path)
    result(done)
    listening = re.findall(r"LISTENS (\w+) ([0-9A-F]+):", done.stderr)
    assert listening, "llama.cpp listens, so something must be found"
    for family, address in listening:
        assert family == "tcp" and address.endswith("7F"), (family, address)


# Variables and files of yours

DEAD = "http://127.0.0.1:9"
VARIABLES = {
    "AWS_PROFILE": "nope",
    "AWS_DEFAULT_PROFILE": "nope",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": DEAD,
    "AWS_ENDPOINT_URL_BEDROCK": DEAD,
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": DEAD,
    "AWS_BEARER_TOKEN_BEDROCK": "secret",
    "AWS_ACCESS_KEY_ID": "AKIAYOURS",
    "AWS_SECRET_ACCESS_KEY": "yours",
    "AWS_SESSION_TOKEN": "yours",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_RETRY_MODE": "adaptive",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_DEFAULTS_MODE": "mobile",
    "AWS_ACCOUNT_ID": "999999999999",
    "AWS_AUTH_SCHEME_PREFERENCE": "httpBearerAuth",
    "AWS_CSM_ENABLED": "true",
    "AWS_CSM_PORT": "9",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/x",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
    "HTTP_PROXY": DEAD,
    "HTTPS_PROXY": DEAD,
    "http_proxy": DEAD,
    "https_proxy": DEAD,
    "ALL_PROXY": DEAD,
}
CONFIG = """
[default]
region = eu-west-1
endpoint_url = {dead}
credential_process = touch {mark}-process
services = mine
max_attempts = 1
retry_mode = adaptive
csm_enabled = true
ignore_configured_endpoint_urls = false
[profile broken]
source_profile = broken
role_arn = nonsense
[services mine]
bedrock_runtime =
  endpoint_url = {dead}
[plugins]
evil = evil_plugin
cli_legacy_plugin_path = {home}
"""
EVIL = "from pathlib import Path\nPath({mark!r}).touch()\n"


@pytest.fixture
def hostile_home(tmp_path):
    """A home whose ~/.aws would break, redirect or run things."""
    home = tmp_path / "hostile"
    broken_model = home / ".aws" / "models" / "bedrock-runtime" / "2023-09-30"
    broken_model.mkdir(parents=True)
    (broken_model / "service-2.json").write_text('{"metadata": {}}')
    (home / ".aws" / "models" / "endpoints.json").write_text("{")
    mark = str(home / "ran")
    values = {"dead": DEAD, "mark": mark, "home": home}
    (home / ".aws" / "config").write_text(CONFIG.format(**values))
    (home / ".aws" / "credentials").write_text("[default]\naws_access_key_id = AKIAX\n")
    (home / "evil_plugin.py").write_text(EVIL.format(mark=mark))
    return home


def test_your_variables_and_files_change_nothing(undisturbed, hostile_home):
    aws = hostile_home / ".aws"
    files = {
        "AWS_CONFIG_FILE": str(aws / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(aws / "credentials"),
        "AWS_DATA_PATH": str(aws / "models"),
        "BOTOCORE_EXPERIMENTAL__PLUGINS": "evil=evil_plugin",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(hostile_home)]),
    }
    got = result(run(LESSON, home=hostile_home, **VARIABLES, **files))
    assert got == undisturbed
    assert not list(hostile_home.glob("ran*"))


def test_files_of_a_hostile_home_alone_change_nothing(undisturbed, hostile_home):
    assert result(run(LESSON, home=hostile_home)) == undisturbed
    assert not list(hostile_home.glob("ran*"))
