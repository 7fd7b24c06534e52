/** As `public/icon.svg` has it; drawn here, because a picture of its own would come later than the words beside it. */
export function Logo() {
  return (
    <svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32">
      <rect width="32" height="32" rx="8" fill="#17181c" />
      <rect x="6.5" y="14" width="5" height="11" rx="2.5" fill="#7aa2ff" />
      <rect x="13.5" y="7" width="5" height="18" rx="2.5" fill="#f5b83d" />
      <rect x="20.5" y="11" width="5" height="14" rx="2.5" fill="#5fd0a0" />
    </svg>
  );
}
