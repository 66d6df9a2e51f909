# SPDX-License-Identifier: MIT
# awk -F , -f plot.awk -v title=TEXT pairs.csv: seconds against a value, as a line from zero.

BEGIN { FS = "," }
{
    x[NR] = $1
    y[NR] = $2
    if ($2 > top)
        top = $2
}
END {
    width = 640
    height = 240
    top = top * 1.1 + 0.1
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n", width + 80, height + 60
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"50\" y=\"16\" font-size=\"13\">%s</text>\n", title
    for (i = 0; i <= 4; i++) {
        level = 30 + height - height * i / 4
        printf "<line x1=\"50\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n<text x=\"44\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n", level, 50 + width, level, level + 4, top * i / 4
    }
    printf "<polyline fill=\"none\" stroke=\"#2a7f62\" stroke-width=\"1.5\" points=\""
    for (i = 1; i <= NR; i++)
        printf "%.1f,%.1f ", 50 + width * x[i] / x[NR], 30 + height - height * y[i] / top
    printf "\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s s</text>\n</svg>\n", 50 + width, height + 46, x[NR]
}
