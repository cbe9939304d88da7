//go:build tools

// Keeps the requirement in go.mod: the program itself is built by `alterwise gh-ost install`.
package tools

import _ "github.com/github/gh-ost/go/cmd/gh-ost"
