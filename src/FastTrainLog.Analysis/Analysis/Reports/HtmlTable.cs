using System.Text;

namespace FastTrainLog.Analysis.Reports;

/// <summary>Writes an HTML table. A column whose header begins with <c>#</c> contains numbers, one that begins with <c>&gt;</c> long text.</summary>
internal static class HtmlTable
{
    public static void Append(StringBuilder page, string[] heads, IEnumerable<string?[]> rows)
    {
        page.Append("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
        foreach (string head in heads)
        {
            page.Append(head[0] == '#' ? "<th class=\"n\">" : "<th>").Append(ShownText.Html(head.TrimStart('#', '>'))).Append("</th>");
        }

        page.Append("</tr></thead><tbody>\n");
        foreach (string?[] row in rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < heads.Length; i++)
            {
                page.Append(heads[i][0] switch
                {
                    '#' => "<td class=\"n\">",
                    '>' => "<td class=\"wide\">",
                    _ => "<td>",
                }).Append(ShownText.Html(row[i])).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }
}
