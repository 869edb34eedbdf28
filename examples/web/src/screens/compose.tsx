import { Button, Group, Textarea } from "@mantine/core";
import { type SendMessage, useSendMessage } from "@onswift/sdk/react";
import { useEffect, useState } from "react";
import { ErrorNote } from "../parts/errors.tsx";

/** Sends messages. Each is on the screen at once; if it cannot be sent, its text comes back to the field. */
export function Compose({
  conversationId,
  onType,
}: {
  readonly conversationId: string;
  readonly onType: (isTyping: boolean) => void;
}) {
  const message = useSendMessage(conversationId);
  const [text, setText] = useUnsent(message);
  const submit = () => {
    if (text.trim() === "") return;
    message.send(text);
    setText("");
    onType(false);
  };
  return (
    <form
      className="compose"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ErrorNote error={message.error} />
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

/** The text of the field. That of a message that could not be sent returns, unless the person has begun another. */
function useUnsent({ error, variables }: SendMessage) {
  const [text, setText] = useState("");
  const failed = error === null ? null : variables?.content;
  useEffect(() => {
    if (failed) setText((current) => (current === "" ? failed : current));
  }, [failed]);
  return [text, setText] as const;
}
