import { expect } from "vitest";

interface Message {
  readonly Subject: string;
  readonly Text: string;
  readonly HTML: string;
}

const mailbox = () => `${process.env.MAILPIT_URL}/api/v1`;
const json = async <T>(path: string) => (await fetch(`${mailbox()}${path}`)).json() as Promise<T>;

/** Waits for the newest email to an address whose subject matches. */
export async function mailTo(address: string, subject: RegExp): Promise<Message> {
  const query = encodeURIComponent(`to:${address}`);
  let found: Message | undefined;
  await expect
    .poll(
      async () => {
        const { messages } = await json<{ messages: { ID: string; Subject: string }[] }>(
          `/search?query=${query}`,
        );
        const hit = messages.find(({ Subject }) => subject.test(Subject));
        if (hit !== undefined) found = await json<Message>(`/message/${hit.ID}`);
        return found;
      },
      { interval: 100 },
    )
    .toBeDefined();
  if (found === undefined) throw new Error("No email arrived.");
  return found;
}

/** The token in a reset email. */
export async function resetToken(address: string, subject = /password/i): Promise<string> {
  const { Text } = await mailTo(address, subject);
  return /\b[0-9a-f]{64}\b/.exec(Text)?.[0] ?? "";
}
