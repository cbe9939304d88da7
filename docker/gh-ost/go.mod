// The version of gh-ost that `alterwise gh-ost install` builds, and the checksums of all its sources (go.sum).
module alterwise.local/gh-ost

go 1.25.9

require github.com/github/gh-ost v1.1.10
