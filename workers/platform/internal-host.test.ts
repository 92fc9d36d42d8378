import { expect, test } from "vitest";
import { isInternalHost } from "./internal-host.ts";

const hostOf = (url: string): string => new URL(url).hostname;

test.each([
  "https://localhost/",
  "https://LOCALHOST./",
  "https://a.localhost/",
  "https://metadata/",
  "https://metadata.google.internal/",
  "https://printer.local/",
  "https://router.home.arpa/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://0x7f.0.0.1/",
  "https://0177.0.0.1/",
  "https://2130706433/",
  "https://0/",
  "https://10.1.2.3/",
  "https://100.64.0.1/",
  "https://169.254.169.254/",
  "https://172.31.255.255/",
  "https://192.168.0.1/",
  "https://198.19.0.1/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://１２７.0.0.1/",
  "https://[::1]/",
  "https://[::]/",
  "https://[::ffff:10.0.0.1]/",
  "https://[64:ff9b::a00:1]/",
  "https://[fe80::1]/",
  "https://[fd00::1]/",
  "https://[ff02::1]/",
  "https://[2002:7f00:1::]/",
  "https://[2001:0:7f00::1]/",
  "https://[2001:db8::1]/",
])("isInternalHost() says yes to %s", (url) => {
  expect(isInternalHost(hostOf(url))).toBe(true);
});

test.each([
  "https://openrouter.ai/",
  "https://api.openai.com./",
  "https://internal.example.com/",
  "https://localhost.example.com/",
  "https://8.8.8.8/",
  "https://172.32.0.1/",
  "https://100.128.0.1/",
  "https://[2606:4700::1111]/",
  "https://[2001:4860:4860::8888]/",
])("isInternalHost() says no to %s", (url) => {
  expect(isInternalHost(hostOf(url))).toBe(false);
});
