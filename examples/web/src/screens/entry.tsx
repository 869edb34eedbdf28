import { Box, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Brand, SchemeToggle } from "../parts/header.tsx";

/** The frame of the screens that need no session. */
export function Entry({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Box component="main" mih="100vh" p="md">
      <Group justify="space-between" maw={1180} mx="auto">
        <Brand />
        <SchemeToggle />
      </Group>
      <Box
        className="card"
        maw={440}
        mx="auto"
        mt={{ base: 24, sm: 56 }}
        p={{ base: "lg", sm: 32 }}
      >
        <Stack gap="md">
          <div>
            <Title order={1} size="h2">
              {title}
            </Title>
            {note !== undefined && (
              <Text c="dimmed" size="sm" mt={4} component="div">
                {note}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Box>
    </Box>
  );
}
