/// The texts of `themes/`, so that the program runs without files; a test keeps them equal.
enum EmbeddedThemes {
    /// The first is the default.
    static let all = [atlasDark, monochrome]

    static let atlasDark = """
        # The default: spring green on the terminal's own background.
        # A value is "FOREGROUND on BACKGROUND attributes"; see the other themes for what may stand there.
        name: atlas-dark
        roles:
          text: { 256: default, 16: default, mono: normal }
          dim: { 256: "245", 16: default, mono: dim }
          accent: { 256: "48", 16: bright-green, mono: bold }
          title: { 256: 48 bold, 16: bright-green bold, mono: bold }
          label: { 256: "152", 16: bright-cyan, mono: normal }
          ok: { 256: "48", 16: bright-green, mono: normal }
          warning: { 256: "221", 16: bright-yellow, mono: bold }
          error: { 256: 210 bold, 16: bright-red bold, mono: bold }
          selection: { 256: 231 on 23 bold, 16: black on cyan, mono: reverse }
          field: { 256: 252 on 236, 16: underline, mono: underline }
          # No colours: a typed key then costs at most 16 bytes.
          field-focus: { 256: default underline, 16: default underline, mono: underline }
          button: { 256: 252 on 236, 16: default, mono: normal }
          button-focus: { 256: 231 on 23 bold, 16: black on cyan, mono: reverse }
          button-ready: { 256: 16 on 48 bold, 16: black on green bold, mono: bold }
          button-grey: { 256: "243", 16: default, mono: dim }
          progress: { 256: "48", 16: bright-green, mono: normal }
          track: { 256: "240", 16: default, mono: dim }
          border: { 256: "243", 16: default, mono: normal }
          key: { 256: 48 bold, 16: bright-green, mono: bold }
          match: { 256: 221 underline, 16: bright-yellow underline, mono: underline }
          link: { 256: 117 underline, 16: bright-cyan underline, mono: underline }

        """

    static let monochrome = """
        # No colour at any depth: bold, underline, dim and reverse only.
        name: monochrome
        roles:
          text: { 256: normal, 16: normal, mono: normal }
          dim: { 256: dim, 16: dim, mono: dim }
          accent: { 256: bold, 16: bold, mono: bold }
          title: { 256: bold, 16: bold, mono: bold }
          label: { 256: normal, 16: normal, mono: normal }
          ok: { 256: normal, 16: normal, mono: normal }
          warning: { 256: bold, 16: bold, mono: bold }
          error: { 256: bold, 16: bold, mono: bold }
          selection: { 256: reverse, 16: reverse, mono: reverse }
          field: { 256: underline, 16: underline, mono: underline }
          field-focus: { 256: underline, 16: underline, mono: underline }
          button: { 256: normal, 16: normal, mono: normal }
          button-focus: { 256: reverse, 16: reverse, mono: reverse }
          button-ready: { 256: bold, 16: bold, mono: bold }
          button-grey: { 256: dim, 16: dim, mono: dim }
          progress: { 256: normal, 16: normal, mono: normal }
          track: { 256: dim, 16: dim, mono: dim }
          border: { 256: normal, 16: normal, mono: normal }
          key: { 256: bold, 16: bold, mono: bold }
          match: { 256: underline, 16: underline, mono: underline }
          link: { 256: underline, 16: underline, mono: underline }

        """
}
