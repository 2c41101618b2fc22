import { type VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { pageLetters } from "./shortcuts";

/** A list of the page's keyboard shortcuts. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <table>
        <tbody>
          {pageLetters.map(({ letter, title }) => (
            <tr>
              <th scope="row">
                <kbd>g</kbd> then <kbd>{letter}</kbd>
              </th>
              <td>{title}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">
              <kbd>/</kbd>
            </th>
            <td>the search field of the page</td>
          </tr>
          <tr>
            <th scope="row">
              <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Home</kbd> <kbd>End</kbd>
            </th>
            <td>through the rows of a table; Enter opens one</td>
          </tr>
          <tr>
            <th scope="row">
              <kbd>Esc</kbd>
            </th>
            <td>closes what is open</td>
          </tr>
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
