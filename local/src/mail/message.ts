import { randomBytes } from "node:crypto";
import { z } from "zod";

/** A name and address in the format of Mailpit's read API. */
export interface Address {
  readonly Name: string;
  readonly Address: string;
}

export interface Attachment {
  readonly PartID: string;
  readonly FileName: string;
  readonly ContentType: string;
  readonly ContentID: string;
  readonly Size: number;
}

/** A captured email, as stored in its file. */
export interface Mail {
  readonly ID: string;
  readonly MessageID: string;
  readonly Read: boolean;
  readonly From: Address;
  readonly To: readonly Address[];
  readonly Cc: readonly Address[];
  readonly Bcc: readonly Address[];
  readonly ReplyTo: readonly Address[];
  readonly Subject: string;
  readonly Date: string;
  readonly Tags: readonly string[];
  readonly Headers: Readonly<Record<string, string>>;
  readonly Text: string;
  readonly HTML: string;
  readonly Attachments: readonly Attachment[];
  /** The attachments' contents in base64, in the same order. */
  readonly contents: readonly string[];
}

// A line break in a header would let the sender add headers.
const line = z
  .string()
  .max(1000)
  .refine((text) => !/[\r\n\0]/.test(text), "must not contain line breaks");
const email = line.refine(
  (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  "is not a valid email address",
);
const person = z.object({ Email: email, Name: line.default("") });
const people = z.array(person).nullish();
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "is not a valid header name");

/** The body of `POST /api/v1/send`. As in Mailpit, only the sender is required. */
export const sendSchema = z.object({
  From: person,
  To: people,
  Cc: people,
  /** Plain addresses as in Mailpit; objects are also accepted. */
  Bcc: z.array(z.union([email, person])).nullish(),
  ReplyTo: people,
  Subject: line.nullish(),
  Text: z.string().nullish(),
  HTML: z.string().nullish(),
  Headers: z.record(headerName, line).nullish(),
  Tags: z.array(line).nullish(),
  Attachments: z
    .array(
      z.object({
        Content: z.base64(),
        Filename: line,
        ContentType: line.default("application/octet-stream"),
        ContentID: line.default(""),
      }),
    )
    .nullish(),
});

export type SendRequest = z.infer<typeof sendSchema>;

const toAddress = ({ Email, Name }: z.infer<typeof person>): Address => ({ Name, Address: Email });

/** Creates the email that a send request describes. */
export function compose(request: SendRequest, now = new Date()): Mail {
  const id = randomBytes(16).toString("base64url");
  const attachments = request.Attachments ?? [];
  return {
    ID: id,
    MessageID: `${id}@mail.local`,
    Read: false,
    From: toAddress(request.From),
    To: (request.To ?? []).map(toAddress),
    Cc: (request.Cc ?? []).map(toAddress),
    Bcc: (request.Bcc ?? []).map((item) =>
      toAddress(typeof item === "string" ? { Email: item, Name: "" } : item),
    ),
    ReplyTo: (request.ReplyTo ?? []).map(toAddress),
    Subject: request.Subject ?? "",
    Date: now.toISOString(),
    Tags: request.Tags ?? [],
    Headers: request.Headers ?? {},
    Text: request.Text ?? "",
    HTML: request.HTML ?? "",
    Attachments: attachments.map((item, index) => ({
      PartID: String(index + 1),
      FileName: item.Filename,
      ContentType: item.ContentType,
      ContentID: item.ContentID,
      Size: Buffer.byteLength(item.Content, "base64"),
    })),
    contents: attachments.map((item) => item.Content),
  };
}
