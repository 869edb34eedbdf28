import { retry } from "@std/async/retry.js";
import { ApiError, type ErrorCode } from "../http/errors.ts";
import type { CallDatabase, Operation } from "../operation.ts";
import { avatarUrl } from "../schemas/users.ts";
import { withFormFields } from "../uploads/form-errors.ts";
import { uploadThen } from "../uploads/form-uploads.ts";
import { avatarForm } from "../uploads/forms.ts";
import { untilScanned } from "../uploads/until-scanned.ts";

/** Why a picture cannot be used. */
export const avatarErrors: readonly ErrorCode[] = [
  "UPLOAD_MISSING",
  "SCAN_PENDING",
  "FILE_INFECTED",
  "FILE_MISMATCH",
];

/**
 * Updates the profile together with its picture. The picture must have been scanned as clean, by a worker
 * that starts once the upload is confirmed, so the update is repeated until then.
 */
export async function updateWithAvatar(
  call: CallDatabase,
  avatarFileId: string,
  patch: object,
): Promise<string> {
  await call("confirm_upload", { fileId: avatarFileId }).catch(ignoreIfNotUsable);
  const update = () => call("update_me", { patch: { ...patch, avatarFileId } });
  const options = { ...untilScanned, isRetriable: isPending };
  return retry(update, options).catch((error: Error) => {
    throw error.name === "RetryError" ? error.cause : error;
  });
}

/** The update reports the same on the field of the profile. */
function ignoreIfNotUsable(error: unknown): void {
  const codes = ["NOT_FOUND", "FORBIDDEN", "VALIDATION_ERROR"];
  if (!(error instanceof ApiError) || !codes.includes(error.code)) throw error;
}

const isPending = (error: unknown) => error instanceof ApiError && error.code === "SCAN_PENDING";

export const setAvatar: Operation = {
  id: "setAvatar",
  method: "post",
  path: "/users/me/avatar",
  tag: "Users",
  summary: "Upload the caller's profile picture",
  description:
    "JPEG, PNG or GIF of at most 5 MB, with 64 to 4096 pixels per side. Responds once the picture has been scanned and published. If that takes too long the response is `SCAN_PENDING`; the upload is kept and can be chosen later with `PUT /users/me`.",
  access: "user",
  form: avatarForm,
  idempotent: true,
  success: { status: 200, description: "The URL of the picture", schema: avatarUrl },
  errors: [...avatarErrors],
  handleForm: (context) => {
    const { call, form } = context;
    const target = { uploadType: "avatar", fields: form.fields } as const;
    const uploading = uploadThen(context, target, async ([upload]) => {
      const fileId = upload?.fileId ?? "";
      const me = await updateWithAvatar(call, fileId, {}).catch((error: unknown) => {
        throw isPending(error) ? scanPending(fileId) : error;
      });
      return JSON.stringify({ avatarUrl: JSON.parse(me).avatarUrl });
    });
    return withFormFields("avatar", uploading);
  },
};

const scanPending = (fileId: string) =>
  new ApiError(
    "SCAN_PENDING",
    `The picture has been uploaded but not scanned yet. Choose it later with PUT /users/me {"avatarFileId": "${fileId}"}.`,
  );
