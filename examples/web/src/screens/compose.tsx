import { Button, Group, Textarea } from "@mantine/core";
import { useSendMessage, useSession } from "@onswift/sdk/react";
import { useRef, useState } from "react";
import { ErrorNote } from "../parts/errors.tsx";

/** Sends messages. Each is on the screen at once; if it cannot be sent, its text comes back to the field. */
export function Compose({
  conversationId,
  onType,
}: {
  readonly conversationId: string;
  readonly onType: (isTyping: boolean) => void;
}) {
  const draft = useDraft(conversationId);
  const [error, setError] = useState<unknown>(null);
  const message = useSendMessage(conversationId, {
    onError: (reason, { content }) => {
      draft.bringBack(content ?? "");
      setError(reason);
    },
  });
  const submit = () => {
    if (draft.text.trim() === "") return;
    setError(null);
    message.send(draft.text);
    draft.write("");
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
      <ErrorNote error={error} />
      <Group wrap="nowrap" align="flex-end" gap="sm">
        <Textarea
          aria-label="Message"
          placeholder="Write a message"
          autosize
          maxRows={6}
          style={{ flex: 1 }}
          value={draft.text}
          onChange={(event) => {
            draft.write(event.currentTarget.value);
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

/** What is written but not sent, by user and conversation: it outlives a look at another screen. */
const drafts = new Map<string, string>();

/** The text of the field. Messages that could not be sent return to its beginning, in their order. */
function useDraft(conversationId: string) {
  const key = `${useSession()?.user.id} ${conversationId}`;
  const [text, setText] = useState(drafts.get(key) ?? "");
  const returned = useRef("");
  const write = (now: string) => {
    drafts.set(key, now);
    setText(now);
  };
  const bringBack = (unsent: string) => {
    const now = drafts.get(key) ?? "";
    const before = now.startsWith(returned.current) ? returned.current : "";
    const after = now.slice(before.length).replace(/^\n/, "");
    returned.current = joined(before, unsent);
    write(joined(returned.current, after));
  };
  return { text, write, bringBack };
}

const joined = (...lines: readonly string[]) => lines.filter((line) => line !== "").join("\n");
