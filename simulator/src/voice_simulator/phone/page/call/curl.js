/** The command that sends a webhook's request from a terminal. */

/** Return it; it is not signed, and what the trace has shortened is short in it, too. */
export function curl({ method, url, fields }) {
  if (method === "GET") {
    const given = Object.entries(fields).filter(([, value]) => value !== null);
    const query = given.map(([name, value]) => `  --data-urlencode ${quoted(`${name}=${plain(value)}`)}`);
    return [`curl -i -G ${quoted(url)}`, ...query].join(" \\\n");
  }
  const body = quoted(JSON.stringify(fields));
  return `curl -i ${quoted(url)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${body}`;
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
