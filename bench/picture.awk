# SPDX-License-Identifier: MIT
# awk -f picture.awk results.csv: a bar for each figure that has a limit, as its share of that limit. Past the line it holds.

function escaped(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    return text
}

{
    # The first field is quoted and holds commas.
    if (NR == 1 || !match($0, /^"[^"]*"/))
        next
    name = substr($0, 2, RLENGTH - 2)
    split(substr($0, RLENGTH + 2), field, ",")
    if (field[5] == "")
        next
    figure = field[4] == "" ? field[1] : field[4]
    if (field[5] == ">=")
        share = field[6] > 0 ? figure / field[6] : figure > 0
    else
        share = figure > 0 ? field[6] / figure : 2
    count++
    names[count] = name
    shares[count] = share > 2 ? 2 : share
    shown[count] = sprintf("%.4g %s %s", figure, field[5], field[6])
    holds[count] = field[7] == "holds"
}
END {
    left = 340
    unit = 200
    height = count * 18 + 40
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n", left + 2 * unit + 130, height
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"8\" y=\"16\" font-size=\"13\">Each figure as a share of its limit (the line); twice the limit and more is cut</text>\n"
    for (i = 1; i <= count; i++) {
        y = 14 + i * 18
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 6, y + 11, escaped(names[i])
        printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"13\" fill=\"%s\"/>\n", left, y, shares[i] * unit, holds[i] ? "#2a7f62" : "#c0392b"
        printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", left + shares[i] * unit + 5, y + 11, escaped(shown[i])
    }
    printf "<line x1=\"%d\" y1=\"26\" x2=\"%d\" y2=\"%d\" stroke=\"black\"/>\n</svg>\n", left + unit, left + unit, height - 4
}
