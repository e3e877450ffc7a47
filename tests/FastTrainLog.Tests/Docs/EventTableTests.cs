using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>The table of messages in the documents lists every event that there is, and none that there is not.</summary>
public sealed partial class EventTableTests
{
    [Fact]
    public void Every_event_stands_in_the_table_of_messages()
    {
        string table = Repository.Read("docs/training-log.md").Split("## Messages")[1].Split("### Start")[0];
        HashSet<int> listed = [];
        foreach (string row in table.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            string events = row.Split('|')[3];
            foreach (Match match in EventNumbers().Matches(events))
            {
                int first = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                int last = match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : first;
                listed.UnionWith(Enumerable.Range(first, last - first + 1));
            }
        }

        IEnumerable<int> known = typeof(TrainingEvents).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);
        Assert.Equal(known.Order(), listed.Order());
    }

    [GeneratedRegex(@"(\d{4})(?: to (\d{4}))?")]
    private static partial Regex EventNumbers();
}
