import { effect, signal } from "@preact/signals";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "zcache-studio-theme";

export const theme = signal<Theme>(remembered());

/**
 * Charts are drawn on canvases, which styles don't affect, so they are drawn again when this
 * changes.
 */
export const isDark = signal(false);

export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const systemIsDark = signal(system.matches);
  system.addEventListener("change", () => {
    systemIsDark.value = system.matches;
  });
  effect(() => {
    const dark = theme.value === "dark" || (theme.value === "system" && systemIsDark.value);
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    isDark.value = dark;
  });
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(storageKey, chosen);
  } catch {
    // A browser that stores nothing for this page forgets the choice when it is closed.
  }
}

function remembered(): Theme {
  try {
    return themes.find((name) => name === localStorage.getItem(storageKey)) ?? "system";
  } catch {
    return "system";
  }
}
