import { Button, Group, Textarea } from "@mantine/core";
import type { Message } from "@onswift/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { onswift } from "../app/onswift.ts";
import { changed } from "../data/cache.ts";
import { dropMessage, putMessage } from "../data/live.ts";
import * as queries from "../data/queries.ts";
import { ErrorNote } from "../parts/errors.tsx";

/** Sends messages. Each is on the screen at once; if it cannot be sent, its text comes back to the field. */
export function Compose({
  conversationId,
  onType,
}: {
  readonly conversationId: string;
  readonly onType: (isTyping: boolean) => void;
}) {
  const { data: me } = useQuery(queries.me());
  const [text, setText] = useState("");
  const send = useMutation({
    mutationFn: ({ content, id }: { readonly content: string; readonly id: string }) =>
      onswift.messages.send(conversationId, { content, clientMessageId: id }).orThrow(),
    onMutate: ({ content, id }) => {
      setText("");
      onType(false);
      putMessage(pending(conversationId, content, id));
    },
    onError: (_error, { content, id }) => {
      dropMessage(conversationId, id);
      setText((current) => (current === "" ? content : current));
    },
    onSuccess: async (message) => {
      putMessage(message);
      await changed("conversations");
    },
  });
  const pending = (conversation: string, content: string, clientMessageId: string): Message => ({
    id: "",
    conversationId: conversation,
    sender: { id: me?.id ?? "", name: me?.name ?? "", avatarUrl: me?.avatarUrl ?? null },
    content,
    sentAt: new Date().toISOString(),
    isEdited: false,
    editedAt: null,
    deletedAt: null,
    clientMessageId,
  });
  const submit = () => {
    const content = text.trim();
    if (content !== "") send.mutate({ content, id: crypto.randomUUID() });
  };
  return (
    <form
      className="compose"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ErrorNote error={send.error} />
      <Group wrap="nowrap" align="flex-end" gap="sm">
        <Textarea
          aria-label="Message"
          placeholder="Write a message"
          autosize
          maxRows={6}
          style={{ flex: 1 }}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            onType(event.currentTarget.value !== "");
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <Button type="submit">Send</Button>
      </Group>
    </form>
  );
}
