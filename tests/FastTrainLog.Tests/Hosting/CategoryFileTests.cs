using FastTrainLog.Tests.Pipeline;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class CategoryFileTests
{
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

    [Fact]
    public void Each_category_has_its_file_and_all_that_is_bad_and_all_that_is_logged_are_together()
    {
        string[] categories = [.. LogCategories.All, "Loader"];
        using var directory = new TemporaryDirectory();
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (directory.Path, false, TimeSpan.Zero)))
        {
            for (int i = 0; i < categories.Length; i++)
            {
                TestLog.Number(logging.GetLogger(categories[i]), i);
                TestLog.Error(logging.GetLogger(categories[i]), i);
            }
        }

        int[] numbers = [.. Enumerable.Range(0, categories.Length)];
        Assert.All(
            numbers,
            i => Assert.Empty(new[] { $"number {i}", $"error {i}" }.Except(Messages(directory[categories[i] == "Loader" ? "main.log" : categories[i] + ".log"]))));
        Assert.All(
            LogCategories.All.Except([LogCategories.Errors, LogCategories.Main]),
            category => Assert.Equal(2, File.ReadLines(directory[category + ".log"]).Count()));
        int errors = Array.IndexOf(categories, LogCategories.Errors);
        Assert.Equal(numbers.Select(i => $"error {i}").Append($"number {errors}").Order(), Messages(directory["errors.log"]).Order());
        Assert.Equal(numbers.SelectMany(i => new[] { $"number {i}", $"error {i}" }), Json(directory["run.jsonl"]));
        int system = Array.IndexOf(categories, LogCategories.System);
        Assert.Equal([$"number {system}", $"error {system}"], Json(directory["system.json"]));

        static IEnumerable<string?> Json(string file) => File.ReadLines(file).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("message").GetString());
    }

    private static IEnumerable<string> Messages(string file) => File.ReadLines(file).Select(line => line[(line.LastIndexOf(" - ", StringComparison.Ordinal) + 3)..]);
}
