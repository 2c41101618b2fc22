import { type ComponentChildren, type VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { whyReadOnly } from "../stores/actions";

interface ConfirmButtonProps {
  readonly label: string;
  /** What will happen, asked before it does. */
  readonly question: ComponentChildren;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
}

/** A button that changes something: it asks first. Escape, or Cancel, leaves everything as it is. */
export function ConfirmButton({ label, question, onConfirm, disabled = false, tabIndex }: ConfirmButtonProps): VNode {
  const [isAsking, setAsking] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the browser goes on, so that a key pressed right after the click gets to the dialog.
  useLayoutEffect(() => {
    if (isAsking) dialog.current?.showModal();
  }, [isAsking]);
  const reason = whyReadOnly();
  return (
    <>
      <button
        type="button"
        disabled={disabled || reason !== null}
        title={reason ?? ""}
        onClick={() => setAsking(true)}
        {...(tabIndex !== undefined && { tabIndex })}
      >
        {label}
      </button>
      {isAsking && (
        <dialog
          ref={dialog}
          aria-label={label}
          onClose={({ currentTarget }) => {
            setAsking(false);
            if (currentTarget.returnValue === "yes") onConfirm();
          }}
        >
          <form method="dialog">
            <p>{question}</p>
            <div class="actions">
              <button type="submit" value="yes" class="strong">
                {label}
              </button>
              <button type="submit" value="no">
                Cancel
              </button>
            </div>
          </form>
        </dialog>
      )}
    </>
  );
}
