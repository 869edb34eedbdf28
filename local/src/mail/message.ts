import { randomBytes } from "node:crypto";
import { z } from "zod";

/** A person as Mailpit's read API spells them. */
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

/** A captured mail: what its file holds. */
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
  /** Base64 by part, in the attachments' order. */
  readonly contents: readonly string[];
}

// A line break in a header would start a header of the sender's own.
const line = z
  .string()
  .max(1000)
  .refine((text) => !/[\r\n\0]/.test(text), "has a line break");
const email = line.refine((text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text), "is not an e-mail address");
const person = z.object({ Email: email, Name: line.default("") });
const people = z.array(person).nullish();
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "is not a header name");

/** The body of `POST /api/v1/send`. Like Mailpit, it leaves out nothing but the sender. */
export const sendSchema = z.object({
  From: person,
  To: people,
  Cc: people,
  /** Plain addresses in Mailpit; objects are understood too. */
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

/** The mail that a request describes, as if it had arrived now. */
export function compose(request: SendRequest, now = new Date()): Mail {
  const id = randomBytes(16).toString("base64url");
  const attached = request.Attachments ?? [];
  return {
    ID: id,
    MessageID: `${id}@mail.local`,
    Read: false,
    From: toAddress(request.From),
    To: (request.To ?? []).map(toAddress),
    Cc: (request.Cc ?? []).map(toAddress),
    Bcc: (request.Bcc ?? []).map((one) =>
      toAddress(typeof one === "string" ? { Email: one, Name: "" } : one),
    ),
    ReplyTo: (request.ReplyTo ?? []).map(toAddress),
    Subject: request.Subject ?? "",
    Date: now.toISOString(),
    Tags: request.Tags ?? [],
    Headers: request.Headers ?? {},
    Text: request.Text ?? "",
    HTML: request.HTML ?? "",
    Attachments: attached.map((one, index) => ({
      PartID: String(index + 1),
      FileName: one.Filename,
      ContentType: one.ContentType,
      ContentID: one.ContentID,
      Size: Buffer.byteLength(one.Content, "base64"),
    })),
    contents: attached.map((one) => one.Content),
  };
}
