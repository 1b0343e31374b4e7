/** How a mail looks in a browser: without its images, as most receivers show it first, and with links and codes made unreadable. */
export interface MailPicture {
  /** CSS pixels: 600 is the pane of a mail program, 390 a phone. */
  readonly width: number;
  readonly height: number;
  /** PNG in base64. */
  readonly png: string;
  /** The mail goes on below the picture. */
  readonly cut?: true;
  /** The mail is wider than the picture: it must be moved sideways to be read. */
  readonly tooWide?: true;
}

/** The pictures of one mail, or why there are none. */
export interface MailLook {
  readonly pictures: readonly MailPicture[];
  /** Images that were left out: nothing of a mail is loaded. */
  readonly images: number;
  readonly why?: string;
}
