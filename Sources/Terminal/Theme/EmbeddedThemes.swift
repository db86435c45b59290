/// The texts of `themes/`, so that the program runs without files; a test keeps them equal.
enum EmbeddedThemes {
    /// The first is the default.
    static let all = [atlasDark, atlasLight, highContrast, colourBlind, monochrome]

    static let atlasDark = """
        # The default: spring green on the terminal's own background.
        # A value is "FOREGROUND on BACKGROUND attributes"; colours are palette numbers, names,
        # or default.
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
          button-ready: { 256: 16 on 48 bold, 16: black on green, mono: bold }
          button-grey: { 256: "243", 16: default, mono: dim }
          progress: { 256: "48", 16: bright-green, mono: normal }
          track: { 256: "240", 16: default, mono: dim }
          border: { 256: "243", 16: default, mono: normal }
          key: { 256: 48 bold, 16: bright-green, mono: bold }
          match: { 256: 221 underline, 16: bright-yellow underline, mono: underline }
          link: { 256: 117 underline, 16: bright-cyan underline, mono: underline }

        """

    static let atlasLight = """
        # For terminals with a light background.
        name: atlas-light
        roles:
          text: { 256: default, 16: default, mono: normal }
          dim: { 256: "240", 16: default, mono: dim }
          accent: { 256: "22", 16: blue, mono: bold }
          title: { 256: 22 bold, 16: blue bold, mono: bold }
          label: { 256: "24", 16: blue, mono: normal }
          ok: { 256: "22", 16: blue, mono: normal }
          warning: { 256: 94 bold, 16: default bold, mono: bold }
          error: { 256: 124 bold, 16: red, mono: bold }
          selection: { 256: 231 on 22 bold, 16: white on blue, mono: reverse }
          field: { 256: 16 on 254, 16: underline, mono: underline }
          field-focus: { 256: default underline, 16: default underline, mono: underline }
          button: { 256: 16 on 253, 16: default, mono: normal }
          button-focus: { 256: 231 on 24 bold, 16: white on blue, mono: reverse }
          button-ready: { 256: 231 on 22 bold, 16: black on green, mono: bold }
          button-grey: { 256: "244", 16: default, mono: dim }
          progress: { 256: "22", 16: blue, mono: normal }
          track: { 256: "250", 16: default, mono: dim }
          border: { 256: "244", 16: default, mono: normal }
          key: { 256: 22 bold, 16: blue bold, mono: bold }
          match: { 256: 94 underline, 16: underline, mono: underline }
          link: { 256: 25 underline, 16: blue underline, mono: underline }

        """

    static let highContrast = """
        # White on black, few colours, for bright rooms and weak eyes. It brings its own background.
        name: high-contrast
        roles:
          text: { 256: 231 on 16, 16: bright-white on black, mono: normal }
          dim: { 256: 252 on 16, 16: white on black, mono: dim }
          accent: { 256: 231 on 16 bold, 16: bright-white on black bold, mono: bold }
          title: { 256: 231 on 16 bold underline, 16: bright-white on black bold underline, mono: bold }
          label: { 256: 231 on 16, 16: bright-white on black, mono: normal }
          ok: { 256: 46 on 16 bold, 16: bright-green on black bold, mono: normal }
          warning: { 256: 226 on 16 bold, 16: bright-yellow on black bold, mono: bold }
          error: { 256: 231 on 160 bold, 16: bright-white on red bold, mono: bold }
          selection: { 256: 16 on 231 bold, 16: black on bright-white, mono: reverse }
          field: { 256: 16 on 252, 16: black on white, mono: underline }
          field-focus: { 256: 231 on 16 underline, 16: bright-white on black underline, mono: underline }
          button: { 256: 231 on 16, 16: bright-white on black, mono: normal }
          button-focus: { 256: 16 on 231 bold, 16: black on bright-white, mono: reverse }
          button-ready: { 256: 16 on 46 bold, 16: black on green, mono: bold }
          button-grey: { 256: 245 on 16, 16: white on black, mono: dim }
          progress: { 256: 231 on 16, 16: bright-white on black, mono: normal }
          track: { 256: 245 on 16, 16: white on black, mono: dim }
          border: { 256: 252 on 16, 16: white on black, mono: normal }
          key: { 256: 226 on 16 bold, 16: bright-yellow on black bold, mono: bold }
          match: { 256: 226 on 16 underline, 16: bright-yellow on black underline, mono: underline }
          link: { 256: 231 on 16 underline, 16: bright-white on black underline, mono: underline }

        """

    static let colourBlind = """
        # The palette of Okabe and Ito: blue, yellow and orange instead of green and red.
        name: colour-blind
        roles:
          text: { 256: default, 16: default, mono: normal }
          dim: { 256: "245", 16: default, mono: dim }
          accent: { 256: "74", 16: bright-cyan, mono: bold }
          title: { 256: 74 bold, 16: bright-cyan bold, mono: bold }
          label: { 256: "152", 16: bright-cyan, mono: normal }
          ok: { 256: "74", 16: bright-cyan, mono: normal }
          warning: { 256: "227", 16: bright-yellow, mono: bold }
          error: { 256: 208 bold, 16: bright-magenta bold, mono: bold }
          selection: { 256: 231 on 24 bold, 16: black on white, mono: reverse }
          field: { 256: 252 on 236, 16: underline, mono: underline }
          field-focus: { 256: default underline, 16: default underline, mono: underline }
          button: { 256: 252 on 236, 16: default, mono: normal }
          button-focus: { 256: 231 on 24 bold, 16: black on white, mono: reverse }
          button-ready: { 256: 16 on 74 bold, 16: black on cyan, mono: bold }
          button-grey: { 256: "243", 16: default, mono: dim }
          progress: { 256: "74", 16: bright-cyan, mono: normal }
          track: { 256: "240", 16: default, mono: dim }
          border: { 256: "243", 16: default, mono: normal }
          key: { 256: 74 bold, 16: bright-cyan, mono: bold }
          match: { 256: 227 underline, 16: bright-yellow underline, mono: underline }
          link: { 256: 175 underline, 16: bright-magenta underline, mono: underline }

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
