"""The rules of observability/ as an object of the Prometheus operator: `python -m tests.deploy.kubernetes_rules`."""

from __future__ import annotations

from tests.harness.process import ROOT

FILE = ROOT / "deploy" / "kubernetes" / "large" / "rules.yaml"
HEAD = """\
# Made of observability/recording.yml and alerts.yml: python -m tests.deploy.kubernetes_rules
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: voice-echo-server
spec:
  groups:
"""


def rules() -> str:
    """Return the file's text: the groups word for word."""
    groups = ""
    for name in ("recording.yml", "alerts.yml"):
        _, _, text = (ROOT / "observability" / name).read_text().partition("\ngroups:\n")
        groups += text
    return HEAD + "".join(f"  {line}" if line.strip() else line for line in groups.splitlines(keepends=True))


if __name__ == "__main__":
    FILE.write_text(rules())
