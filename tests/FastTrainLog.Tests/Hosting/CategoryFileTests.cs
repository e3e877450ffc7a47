using FastTrainLog.Backend;
using FastTrainLog.Tests.Pipeline;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class CategoryFileTests
{
    public static TheoryData<string, Action<TrainLogOptions>> Wrong => new()
    {
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "../mine.log" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "run.jsonl" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.log" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = string.Empty },
        { "CategoryFiles", o => o.CategoryFiles["system"] = "mine.log" },
        { "FileFilters", o => o.FileFilters["mine.log"] = RecordFilters.Errors },
    };

    [Fact]
    public void A_category_of_the_users_own_goes_to_its_own_file_where_it_has_one_and_to_main_otherwise()
    {
        using var directory = new TemporaryDirectory();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            o.LogDirectory = directory.Path;
            o.EnableConsoleLogging = false;
            o.CategoryFiles["Loader"] = "loader.log";
            o.CategoryFiles["Cache"] = "loader.log";
            o.FileFilters["run.jsonl"] = RecordFilters.Not(RecordFilters.Category("Cache"));
        }))
        {
            TestLog.Number(logging.GetLogger("Loader"), 1);
            TestLog.Number(logging.GetLogger("Loader.Images"), 2);
            TestLog.Number(logging.GetLogger("Loaders"), 3);
            TestLog.Number(logging.GetLogger("Cache"), 4);
            TestLog.Number(logging.GetLogger(LogCategories.Main), 5);
            TestLog.Error(logging.GetLogger("Loader"), 6);
        }

        Assert.Equal(["number 1", "number 2", "number 4", "error 6"], Messages(directory["loader.log"]));
        Assert.Equal(["number 3", "number 5"], Messages(directory["main.log"]));
        Assert.Equal(["error 6"], Messages(directory["errors.log"]));
        Assert.Equal(5, File.ReadLines(directory["run.jsonl"]).Count());
    }

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_file_that_cannot_be_is_refused(string option, Action<TrainLogOptions> configure) =>
        Assert.Equal(option, Assert.Throws<ArgumentException>(() => TrainLogging.Create(configure)).ParamName);

    private static IEnumerable<string> Messages(string file) => File.ReadLines(file).Select(line => line[(line.LastIndexOf(" - ", StringComparison.Ordinal) + 3)..]);
}
