/** Reads the bytes of an event stream; what is left unfinished when they end is no event. */
export interface EventStreamReader {
  /** Data of the events that `piece` completes, in order; comments and other fields are passed over. */
  readonly push: (piece: Uint8Array) => readonly string[];
}

/** Lines end in CRLF, LF or CR, and both a line and a character may be cut by the network. */
export function makeEventStreamReader(): EventStreamReader {
  const decoder = new TextDecoder();
  /** Parts of the unfinished line, joined once it ends: a long line in small pieces must not cost its square. */
  let parts: string[] = [];
  let data: string[] = [];
  let endedInCr = false;

  const takeLine = (line: string): string | null => {
    if (line === "") {
      const event = data.length === 0 ? null : data.join("\n");
      data = [];
      return event;
    }
    if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
    return null;
  };

  return {
    push: (piece) => {
      const decoded = decoder.decode(piece, { stream: true });
      if (decoded === "") return [];
      const text = endedInCr && decoded.startsWith("\n") ? decoded.slice(1) : decoded;
      endedInCr = decoded.endsWith("\r");
      const lines = text.split(/\r\n|\n|\r/);
      // split() gives at least one part.
      const rest = lines.pop() ?? "";
      const events: string[] = [];
      for (const line of lines) {
        const event = takeLine(parts.length === 0 ? line : parts.join("") + line);
        parts = [];
        if (event !== null) events.push(event);
      }
      if (rest !== "") parts.push(rest);
      return events;
    },
  };
}
