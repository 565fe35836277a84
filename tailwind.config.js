/* Names only: every value that differs between themes lives in static/input.css as a token. */
const v = (name) => `var(--${name})`;
const state = (name) => ({
  DEFAULT: v(name),
  soft: v(`${name}-soft`),
  solid: v(`${name}-solid`),
});

export default {
  theme: {
    extend: {
      colors: {
        canvas: v("canvas"),
        surface: v("surface"),
        sunken: v("sunken"),
        raised: v("raised"),
        line: { DEFAULT: v("line"), strong: v("line-strong"), control: v("line-control") },
        ink: { DEFAULT: v("ink"), soft: v("ink-soft"), mute: v("ink-mute") },
        accent: { DEFAULT: v("accent"), soft: v("accent-soft"), solid: v("accent-solid") },
        queued: state("queued"),
        sending: state("sending"),
        succeeded: state("succeeded"),
        failed: state("failed"),
        unknown: state("unknown"),
        reversed: state("reversed"),
      },
      fontFamily: {
        sans: ['"Geist"', "ui-sans-serif", "system-ui", "sans-serif"],
        mono: ['"Geist Mono"', "ui-monospace", "SFMono-Regular", "monospace"],
      },
      /* size / line height: all line heights sit on the 4 px grid */
      fontSize: {
        "2xs": ["0.6875rem", { lineHeight: "1rem" }],
        xs: ["0.75rem", { lineHeight: "1rem" }],
        sm: ["0.8125rem", { lineHeight: "1.25rem" }],
        base: ["0.875rem", { lineHeight: "1.25rem" }],
        lg: ["1rem", { lineHeight: "1.5rem" }],
        xl: ["1.25rem", { lineHeight: "1.75rem", letterSpacing: "-0.012em" }],
        "2xl": ["1.5rem", { lineHeight: "2rem", letterSpacing: "-0.018em" }],
        "3xl": ["1.75rem", { lineHeight: "2rem", letterSpacing: "-0.022em" }],
        "4xl": ["2.5rem", { lineHeight: "2.75rem", letterSpacing: "-0.028em" }],
      },
      borderRadius: { xs: "3px", sm: "4px", md: "6px", lg: "10px" },
      boxShadow: {
        pop: "var(--shadow-pop)",
        sheet: "var(--shadow-sheet)",
      },
      maxWidth: { page: "80rem", prose: "42rem" },
      transitionTimingFunction: { out: "cubic-bezier(0.2, 0, 0, 1)" },
    },
  },
};
