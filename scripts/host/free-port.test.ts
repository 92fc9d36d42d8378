import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";

describe("freePort()", () => {
  it("takes a free port for 0, and says what to do where one is taken", async () => {
    const server = createServer();
    const port = await freePort({ host: "127.0.0.1", port: 0 });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    await expect(freePort({ host: "127.0.0.1", port })).rejects.toThrow("another program is listening there");
    await expect(freePort({ host: "127.0.0.1", port })).rejects.toThrow("set PORT to another port");
    await new Promise((resolve) => server.close(resolve));
  });

  it("speaks of HOST where the address is none of this machine", async () => {
    // TEST-NET-1 of RFC 5737: nobody's own.
    const refused = expect(freePort({ host: "192.0.2.1", port: 0 })).rejects;
    await refused.toThrow("Set HOST to an address of this machine");
  });
});
