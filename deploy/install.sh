#!/bin/sh
# Installs LandGuard from this bundle without any network: install.sh [FOLDER], /opt/landguard if none is named.
# Safe to run again: an update replaces source, packages and assets; settings, data and backups lie elsewhere.
set -eu
here="$(cd "$(dirname "$0")" && pwd -P)"
target="${1:-/opt/landguard}"
python="${LANDGUARD_PYTHON:-python3}"

cd "$here"
echo "核对校验值……"
if ! sha256sum --check --quiet --strict MANIFEST.sha256; then
    echo "离线包不完整或被改动，没有安装任何内容。请重新拷贝。" >&2
    exit 1
fi
tag="$("$python" -c 'import sys; print(f"cp{sys.version_info[0]}{sys.version_info[1]}")')"
if ! grep -q "\"python\": \"$tag\"" about.json; then
    echo "本机的 Python（$tag）与离线包不一致：$(grep '"python"' about.json)。请用 LANDGUARD_PYTHON 指明同一版本的 Python。" >&2
    exit 1
fi

echo "安装到 $target ……"
mkdir -p "$target"
rm -rf "$target/.next"
mkdir "$target/.next"
cp -R source/. "$target/.next/"
cp -R node_modules "$target/.next/node_modules"
# Tried in a throwaway environment first: a bundle that lacks a package leaves the running system alone.
# No index, no configuration of this machine: what is not in the bundle is not installed.
install() {
    "$python" -m venv "$1"
    PIP_CONFIG_FILE=/dev/null PIP_NO_INPUT=1 "$1/bin/python" -m pip install --quiet --no-index --no-deps \
        --disable-pip-version-check --find-links "$here/wheels" -r "$here/requirements-bundle.txt"
}
install "$target/.next/.venv"
rm -rf "$target/.next/.venv"
for name in .venv node_modules; do rm -rf "${target:?}/$name"; done
cp -R "$target/.next/." "$target/"
rm -rf "$target/.next"
install "$target/.venv"
# Says that nothing is to be fetched here: the wrappers in script/ take the environment as it is.
cp about.json "$target/installed.json"

echo "程序已装好。接着："
echo "1. 把 $target/.env.example 的变量填进 /etc/landguard/landguard.env。"
echo "2. 把 $target/deploy/systemd 中的文件复制到 /etc/systemd/system，运行 systemctl daemon-reload。"
echo "3. 运行 systemctl enable --now landguard.target landguard-backup.timer landguard-drill.timer。"
echo "用容器时：images.txt 是要一并拷贝的镜像。"
