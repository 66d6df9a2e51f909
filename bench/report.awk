# SPDX-License-Identifier: MIT
# awk -f report.awk -v csv=OUT samples.csv figures: the medians of the samples against the limits, as one table and as CSV.

function median(name,    list, count, i, j, value) {
    count = split(values[name], list, " ")
    for (i = 2; i <= count; i++) {
        value = list[i] + 0
        for (j = i - 1; j > 0 && list[j] + 0 > value; j--)
            list[j + 1] = list[j]
        list[j + 1] = value
    }
    return count % 2 ? list[(count + 1) / 2] + 0 : (list[count / 2] + list[count / 2 + 1]) / 2
}

function number(value) {
    if (value == "")
        return ""
    return value >= 1000 ? sprintf("%d", value) : value >= 10 ? sprintf("%.1f", value) : sprintf("%.2f", value)
}

function trim(text) {
    gsub(/^ +| +$/, "", text)
    return text
}

FNR == 1 { file++ }
file == 1 {
    split($0, field, ",")
    if (FNR > 1)
        values[field[1]] = values[field[1]] " " field[3]
    next
}
/^#/ || NF == 0 { next }
FNR > 0 {
    split($0, column, "|")
    for (i = 1; i <= 6; i++)
        column[i] = trim(column[i])
    if (!(column[2] in values) || (column[3] != "" && !(column[3] in values))) {
        left_out++
        next
    }
    measured = median(column[2])
    baseline = column[3] == "" ? "" : median(column[3])
    figure = baseline == "" ? measured : baseline > 0 ? measured / baseline : 0
    verdict = column[4] == "" ? "" : (column[4] == ">=" ? figure >= column[5] + 0 : figure <= column[5] + 0) ? "holds" : "MISSED"
    missed += verdict == "MISSED"
    if (!shown++) {
        printf "%-60s %10s %10s %9s  %-8s %s\n", "", "measured", "baseline", "ratio", "limit", ""
        print "figure,measured,unit,baseline,ratio,rule,limit,verdict" >csv
    }
    printf "%-60s %10s %10s %9s  %-8s %s\n", column[1] (column[6] == "" ? "" : ", " column[6]), number(measured), number(baseline),
        baseline == "" ? "" : number(figure), column[4] " " column[5], verdict
    printf "\"%s\",%s,%s,%s,%s,%s,%s,%s\n", column[1], measured, column[6], baseline, baseline == "" ? "" : figure, column[4], column[5],
        verdict >csv
}
END {
    printf "\n%d figures, %d missed, %d not measured in this run\n", shown, missed, left_out
}
