import { type VNode } from "preact";
import { announcement } from "../stores/announcement";

interface CopyButtonProps {
  readonly label: string;
  readonly what: string;
  readonly textOf: () => string;
}

/** Copies a text to the clipboard, as it is and not as it is shown. */
export function CopyButton({ label, what, textOf }: CopyButtonProps): VNode {
  async function copy(): Promise<void> {
    const isCopied = await copyText(textOf());
    announcement.value = isCopied
      ? { text: `${what} copied.`, grade: "done" }
      : { text: "The browser does not let this page write to the clipboard.", grade: "failed" };
  }
  return (
    <button type="button" onClick={() => void copy()}>
      {label}
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

/**
 * Browsers allow the clipboard only for pages over https or on this machine. A selection can be
 * copied everywhere.
 */
function copySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated -- nothing else copies where the clipboard is kept from the page
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}
