import test from "ava";
import { frame, type Message, MessageReader } from "../../../transformer/language-server/messages";

const messages: readonly Message[] = [
  { jsonrpc: "2.0", id: 1, method: "first", params: { text: "é 😀 \r\n\r\n" } },
  { jsonrpc: "2.0", method: "second" },
];

test("messages are read from pieces that end anywhere", (t) => {
  const bytes = Buffer.from(messages.map(frame).join(""));
  for (const size of [1, 2, 7, 40, bytes.length]) {
    const reader = new MessageReader();
    const read: Message[] = [];
    for (let at = 0; at < bytes.length; at += size)
      read.push(...reader.read(bytes.subarray(at, at + size)));
    t.deepEqual(read, messages);
  }
});

test("other header fields are skipped, and their names may be in any case", (t) => {
  const text =
    'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 36\r\n\r\n{"jsonrpc":"2.0","method":"second"}\n';
  t.deepEqual([...new MessageReader().read(Buffer.from(text))], [messages[1]]);
});

test("a header without a length is an error, because nothing shows where the next message begins", (t) => {
  const reader = new MessageReader();
  t.throws(() => [...reader.read(Buffer.from("Length: 5\r\n\r\nhello"))], {
    message: /"Length: 5"/,
  });
});
