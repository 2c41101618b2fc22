import { type ComponentChildren, type VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { whyReadOnly } from "../stores/actions";

interface ConfirmButtonProps {
  readonly label: string;
  /** The question that is asked before the action. */
  readonly question: ComponentChildren;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
}

/** A button that changes something, and asks first. Escape and Cancel leave everything as it is. */
export function ConfirmButton({
  label,
  question,
  onConfirm,
  disabled = false,
  tabIndex,
}: ConfirmButtonProps): VNode {
  const [isAsking, setAsking] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  // This happens before the browser continues, so that a key that is pressed right after the click
  // reaches the dialog.
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
