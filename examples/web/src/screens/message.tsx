import { ActionIcon, Button, Group, Menu, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Message as MessageData } from "@onswift/sdk";
import { isPending, useAction } from "@onswift/sdk/react";
import { type FormEvent, type KeyboardEvent, useRef } from "react";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Icon } from "../parts/icons.tsx";
import { formatMoment } from "../parts/words.ts";

/** How long the backend lets the sender edit a message. */
const editMs = 15 * 60_000;

/** A message of a conversation. Its sender can edit it for a while, and delete it. */
export function Message({
  message,
  isMine,
  isSeen,
}: {
  readonly message: MessageData;
  readonly isMine: boolean;
  /** Whether it is the last own message that the other participant has read. */
  readonly isSeen: boolean;
}) {
  const [isEditing, editing] = useDisclosure();
  const isUnsent = isPending(message);
  if (isEditing) return <EditMessage message={message} onClose={editing.close} />;
  return (
    <div className="message" data-mine={isMine}>
      <div className="message-line">
        {isMine && !isUnsent && message.content !== null && (
          <SenderMenu message={message} onEdit={editing.open} />
        )}
        <div className="bubble written" data-mine={isMine} data-pending={isUnsent}>
          {message.content ?? <em>Message deleted</em>}
        </div>
      </div>
      <Text size="xs" c="dimmed" px={6}>
        {isUnsent ? "Sending …" : formatMoment(message.sentAt)}
        {message.isEdited && " · edited"}
        {isSeen && " · Seen"}
      </Text>
    </div>
  );
}

function SenderMenu({
  message: { id, conversationId, content, sentAt },
  onEdit,
}: {
  readonly message: MessageData;
  readonly onEdit: () => void;
}) {
  const [isDeleting, deleting] = useDisclosure();
  const deletion = useAction(
    (onswift) => onswift.messages.delete(conversationId, id),
    ["messages", "conversations"],
  );
  const canEdit = Date.now() - Date.parse(sentAt) < editMs;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            className="message-menu"
            variant="subtle"
            color="gray"
            aria-label={`Edit or delete “${content?.slice(0, 40)}”`}
          >
            <Icon name="more" size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {canEdit && <Menu.Item onClick={onEdit}>Edit</Menu.Item>}
          <Menu.Item onClick={deleting.open}>Delete</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDelete
        opened={isDeleting}
        onClose={deleting.close}
        title="Delete this message?"
        action={deletion}
      >
        Its text is deleted for both of you.
      </ConfirmDelete>
    </>
  );
}

/** The text of a message as a field. Enter saves, Escape cancels. */
function EditMessage({
  message: { id, conversationId, content },
  onClose,
}: {
  readonly message: MessageData;
  readonly onClose: () => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const save = useAction(
    (onswift, text: string) => onswift.messages.edit(conversationId, id, text),
    ["messages", "conversations"],
    { onSuccess: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("content")).trim();
    if (text === content) onClose();
    else save.mutate(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <form ref={form} className="message-edit" onSubmit={submit} noValidate>
      <Textarea
        name="content"
        aria-label="Edit the message"
        autosize
        maxRows={6}
        autoFocus
        defaultValue={content ?? ""}
        onFocus={({ currentTarget }) => currentTarget.setSelectionRange(5000, 5000)}
        onKeyDown={onKeyDown}
        error={fieldErrors(save.error).content}
      />
      <ErrorNote error={save.error} fields={["content"]} />
      <Group gap="xs" justify="flex-end" mt={6}>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button size="xs" type="submit" loading={save.isPending}>
          Save
        </Button>
      </Group>
    </form>
  );
}
