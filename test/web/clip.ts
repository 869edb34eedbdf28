import type { BrowserContext } from "playwright-core";

/** A film of one second that a browser records from a drawing: an MP4 of some 1.5 KB. */
export async function clip(context: BrowserContext): Promise<Uint8Array> {
  const page = await context.newPage();
  await page.goto("data:text/html,<title>Recorder</title>");
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
    const drawing = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(10), {
      mimeType: "video/mp4;codecs=vp9",
    });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    for (let frame = 0; frame < 10 && drawing; frame += 1) {
      drawing.fillStyle = `hsl(${frame * 30} 80% 50%)`;
      drawing.fillRect(0, 0, canvas.width, canvas.height);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  await page.close();
  return Uint8Array.from(bytes);
}
