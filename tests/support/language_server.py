"""A small client of the YAML language server over standard input and output. Sends the requests that VS Code sends."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SERVER = "yaml-language-server/bin/yaml-language-server"
"""Path below node_modules."""
TIMEOUT_SECONDS = 120
"""Longest wait for one message."""
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "hoverSchemaSource": False,
    }
}


class Editor:
    """An editor with a Japanese interface in which one folder is open."""

    def __init__(self, node: str, server: Path, folder: Path) -> None:
        command = [node, str(server), "--stdio"]
        self._plan = folder / "plan.yaml"
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._received: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        markdown = {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}}
        capabilities = {"textDocument": {"completion": markdown}, "workspace": {"configuration": True}}
        about = {"processId": None, "rootUri": folder.as_uri(), "locale": "ja", "capabilities": capabilities}
        self.request("initialize", {**about, "workspaceFolders": [{"uri": folder.as_uri(), "name": "plan"}]})
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def diagnostics(self, text: str, path: Path | None = None) -> list[dict[str, Any]]:
        """Open or change the plan (or another file) and return what the editor underlines in it."""
        path = path or self._plan
        uri, version = path.as_uri(), self._versions.get(path.as_uri(), 0) + 1
        self._versions[uri] = version
        if version == 1:
            document = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
            self._notify("textDocument/didOpen", {"textDocument": document})
        else:
            document = {"uri": uri, "version": version}
            self._notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        for message in self._messages():
            about = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and about["uri"] == uri:
                found: list[dict[str, Any]] = about["diagnostics"]
                return found
        raise AssertionError

    def completions(self, line: int, character: int) -> list[dict[str, Any]]:
        """Return the completions at a position. Line and character count from 0, as in the protocol."""
        answer = self.request("textDocument/completion", self._at(line, character))
        items: list[dict[str, Any]] = answer if isinstance(answer, list) else answer["items"]
        return items

    def hover(self, line: int, character: int) -> str:
        """Return the hover text at a position, or "" if there is none."""
        answer = self.request("textDocument/hover", self._at(line, character))
        return str(answer["contents"]["value"]) if answer else ""

    def close(self) -> None:
        self.request("shutdown", None)
        self._notify("exit", None)
        self._process.wait(TIMEOUT_SECONDS)
        for stream in filter(None, (self._process.stdin, self._process.stdout)):
            stream.close()

    # --- the protocol ---

    def _at(self, line: int, character: int) -> dict[str, object]:
        place = {"line": line, "character": character}
        return {"textDocument": {"uri": self._plan.as_uri()}, "position": place}

    def request(self, method: str, params: object) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        for message in self._messages():
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
        raise AssertionError

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Yield the messages of the server. Its requests for settings are answered here."""
        while True:
            message = self._received.get(timeout=TIMEOUT_SECONDS)
            if "id" in message and "method" in message:
                items = message.get("params", {}).get("items", [])
                result = [SETTINGS.get(item.get("section", "")) for item in items] or None
                self._send({"id": message["id"], "result": result})
            else:
                yield message

    def _notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, object]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._received.put(json.loads(stream.read(length)))
