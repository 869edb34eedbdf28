import { ApiError, type ErrorCode } from "../http/errors.ts";
import { type CallDatabase, operation } from "../operation.ts";
import { avatarForm } from "../schemas/files.ts";
import { avatarUrl } from "../schemas/users.ts";
import { inFormFields, throughUploads } from "../storage/uploads.ts";

/** What may stand against a picture. */
export const avatarErrors: readonly ErrorCode[] = [
  "UPLOAD_MISSING",
  "SCAN_PENDING",
  "FILE_INFECTED",
  "FILE_MISMATCH",
];

/** How long the check of a picture is waited for; it takes a fraction of a second. */
const patienceMs = 8_000;
const firstPauseMs = 50;
const longestPauseMs = 500;

/**
 * Changes the profile together with its picture. That has to be found clean first, by a worker that
 * starts once the upload is confirmed; so this asks again for a while.
 */
export async function updateWithAvatar(
  call: CallDatabase,
  avatarFileId: string,
  rest: object,
): Promise<string> {
  await call("confirm_upload", { fileId: avatarFileId }).catch(unlessNotTheirs);
  const patch = { ...rest, avatarFileId };
  const deadline = performance.now() + patienceMs;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    try {
      return await call("update_me", { patch });
    } catch (error) {
      if (!isPending(error) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** That it is not a file of theirs is said of the field, by the update. */
function unlessNotTheirs(error: unknown): void {
  if (!(error instanceof ApiError) || !["NOT_FOUND", "FORBIDDEN"].includes(error.code)) throw error;
}

const isPending = (error: unknown) => error instanceof ApiError && error.code === "SCAN_PENDING";

export const setAvatar = operation({
  id: "setAvatar",
  method: "post",
  path: "/users/me/avatar",
  tag: "Users",
  summary: "Upload a picture of yourself",
  description:
    "JPEG, PNG or GIF of at most 5 MB and 64 to 4096 pixels a side. Answers once it was checked and published. If that takes too long the answer is `SCAN_PENDING`; the upload stays, to be chosen later by `PUT /users/me`.",
  access: "user",
  form: avatarForm,
  idempotent: true,
  success: { status: 200, description: "The picture's address", schema: avatarUrl },
  errors: [...avatarErrors],
  handleForm: (input) => {
    const { call, body } = input;
    const uploading = throughUploads(
      input,
      { uploadType: "avatar" },
      [body.avatar],
      async ([upload]) => {
        const fileId = upload?.fileId ?? "";
        const me = await updateWithAvatar(call, fileId, {}).catch((error: unknown) => {
          throw isPending(error) ? laterAs(fileId) : error;
        });
        return JSON.stringify({ avatarUrl: JSON.parse(me).avatarUrl });
      },
    );
    return inFormFields("avatar", uploading);
  },
});

const laterAs = (fileId: string) =>
  new ApiError(
    "SCAN_PENDING",
    `The picture is uploaded but has not been checked yet. Choose it later: PUT /users/me {"avatarFileId": "${fileId}"}.`,
  );
