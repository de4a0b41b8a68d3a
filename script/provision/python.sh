# Sourced by the wrappers: finds a Python 3.11 or newer that can make environments, and runs the package beside.
root="$(cd "$(dirname "$0")/.." && pwd -P)"
for candidate in "${LANDGUARD_PYTHON:-}" python3.13 python3.12 python3.11 python3 /usr/local/bin/python3 /usr/bin/python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1; then
        PYTHONUTF8=1 exec "$candidate" "$root/script/provision" "$(basename "$0")" "$@"
    fi
done
echo "没有找到可用的 Python 3.11（或更新版本，须带 venv 模块）。请先安装，例如 Debian：apt-get install python3 python3-venv；也可用环境变量 LANDGUARD_PYTHON 指明路径。" >&2
exit 1
