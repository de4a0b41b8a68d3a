from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PINNED = sorted(ROOT.glob("requirements*.txt"))
LASTING = ("web", "worker", "beat", "backup", "database", "broker", "proxy")
FILLED = {
    "SECRET_KEY": "Zk3-4hQ7pV_x2mN9sLr8tYc1wBf6gJd0aEuIoP5qRzXvKbMnHj",
    "POSTGRES_PASSWORD": "secret",
    "DATABASE_URL": "postgres://landguard:secret@127.0.0.1:5432/landguard",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    """Every variable of the example file, those it leaves at their default as well."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", text, flags=re.MULTILINE))


def test_the_compose_file_keeps_the_schema(compose):
    vendored = resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    jsonschema.validate(compose, schema)


def test_exactly_one_schedule_runs(compose):
    beats = [name for name, service in compose["services"].items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert compose["services"]["beat"]["deploy"]["replicas"] == 1


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_tells_its_health_and_comes_back(compose, name):
    service = compose["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_product_starts_after_the_migrations(compose, name):
    waits = compose["services"][name]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert waits["database"]["condition"] == waits["broker"]["condition"] == "service_healthy"


def test_migrations_run_once(compose):
    assert compose["services"]["migrate"]["restart"] == "no"


def test_the_database_is_version_18_with_utf8_characters(compose):
    database = compose["services"]["database"]
    assert database["image"] == "postgres:18"
    given = database["environment"]["POSTGRES_INITDB_ARGS"]
    assert "--builtin-locale=C.UTF-8" in given
    assert "--locale=C.UTF-8" in given


def test_only_the_proxy_is_reachable_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_volumes_in_use_are_declared(compose):
    used = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith(".")
    }
    assert used == set(compose["volumes"])


def test_files_that_the_containers_name_exist():
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "docker-compose.yml"))
    named = set(re.findall(r"deploy/\w[\w.]*", text))
    assert named == {"deploy/gunicorn_config.py", "deploy/healthcheck.py", "deploy/Caddyfile"}
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_example_lists_every_variable_of_the_settings(example):
    settings = (ROOT / "landguard" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env\.(?!refuse_if)[a-z]+\(\s*\"([A-Z0-9_]+)\"", settings))
    assert read
    assert read - set(example) == set()


def test_the_example_lists_every_variable_of_the_compose_file_and_gunicorn(example):
    named = set(
        re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    )
    named |= set(
        re.findall(r"environ\.get\(\"([A-Z_]+)\"", (ROOT / "deploy" / "gunicorn_config.py").read_text())
    )
    assert named - set(example) == set()


def test_the_example_lists_nothing_that_nobody_reads(example):
    sources = ("landguard/settings.py", "docker-compose.yml", "deploy/gunicorn_config.py", "deploy/Caddyfile")
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in sources)
    assert [name for name in example if name not in text] == []


def start(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "landguard.settings"}
    program = "from django.conf import settings; print(settings.ENVIRONMENT)"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env | variables, capture_output=True, text=True
    )


def test_the_example_filled_in_starts_production(example):
    started = start(example | FILLED)
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", ""),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///db"),
        ("REDIS_URL", "nonsense"),
        ("DEBUG", "on"),
        ("LANDGUARD_ENVIRONMENT", "prod"),
        ("LANDGUARD_PROXIES", "many"),
    ],
)
def test_production_refuses_a_missing_or_nonsensical_variable_by_its_name(example, name, value):
    refused = start(example | FILLED | {name: value})
    assert refused.returncode != 0
    assert name in refused.stderr.splitlines()[-1]


SCRIPTS = ("setup", "server", "test", "manage", "backup", "restore", "compile-requirements")


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_can_be_run(name):
    assert os.access(ROOT / "script" / name, os.X_OK)


def test_ci_runs_exactly_the_tests_script():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "script/" in line] == ["exec script/test"]


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]), ids=str
)
def test_pinned_files_name_no_place_to_download_from(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host|\"resolved\"|^[^#]*file://", text)


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_pinned_package_carries_hashes(path):
    pinned = re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8"))[1:]
    assert pinned
    assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []
