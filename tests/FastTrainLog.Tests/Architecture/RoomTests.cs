using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Architecture;

/// <summary>The rooms of the library depend on each other in one direction, as the table says that the documents show.</summary>
public sealed class RoomTests
{
    private const string Table = "tests/FastTrainLog.Tests/Architecture/rooms.txt";

    private static readonly House Library = House.Read(Path.Combine(Repository.Root, "src", "FastTrainLog"));

    [Fact]
    public void The_arrows_between_the_rooms_are_those_of_the_table() => Assert.Empty(new RoomTable(Repository.Read(Table)).Compare(Library));

    [Fact]
    public void No_room_but_the_gradients_is_larger_than_a_quarter_of_the_library()
    {
        int all = Library.Lines.Values.Sum();
        Assert.All(Library.Lines.Where(static room => room.Key != "Gradients"), room => Assert.InRange(room.Value, 1, all / 4));
    }

    [Fact]
    public void The_documents_show_the_table() => Assert.Contains($"```rooms\n{Repository.Read(Table)}```\n", Repository.Read("docs/architecture.md"));

    [Fact]
    public void An_arrow_that_the_table_does_not_have_is_named_with_file_type_and_line()
    {
        string problem = Assert.Single(new RoomTable("Low: -\nHigh: Low").Compare(House.Of(
        [
            ("Low/Thing.cs", "namespace Lib.Low;\nclass Thing\n{\n    Lib.High.Tower? _back;\n}"),
            ("High/Tower.cs", "namespace Lib.High;\nclass Tower\n{\n    Lib.Low.Thing? _thing;\n}"),
        ])));
        Assert.StartsWith("Low/Thing.cs:4 names Tower of High, which line 1 of the table (Low) does not allow.", problem);
    }

    [Theory]
    [InlineData("static class T { static void M() => Lib.High.Tower.Build(); }")]
    [InlineData("class T : Lib.High.ITower { }")]
    [InlineData("[Lib.High.Tall] class T { }")]
    [InlineData("static class T { static int M(dynamic d) => Lib.High.Kind.Round.GetHashCode(); }")]
    [InlineData("static class T { static void M() { var tower = Lib.Low.Maker.Make(); tower.Rise(); } }")]
    [InlineData("static class T { static int M(string s) => s.Height(); }", "using Lib.High;")]
    [InlineData("class T<TItem> where TItem : Lib.High.Tower { }")]
    [InlineData("static class T { static string M() => nameof(Lib.High.Tower); }")]
    [InlineData("class T { System.Collections.Generic.List<Lib.High.Tower[]> _all = []; }")]
    public void An_arrow_is_seen_however_the_type_is_named(string code, string usings = "")
    {
        House house = House.Of(
        [
            ("Low/T.cs", $"{usings}\nnamespace Lib.Low;\n{code}"),
            ("Low/Maker.cs", "namespace Lib.Low; static class Maker { public static Lib.High.Tower Make() => new(); }"),
            ("High/Tower.cs", """
                namespace Lib.High;
                interface ITower;
                enum Kind { Round }
                class TallAttribute : System.Attribute;
                class Tower { public static void Build() { } public void Rise() { } }
                static class Heights { public static int Height(this string text) => text.Length; }
                """),
        ]);
        Assert.Contains(house.Arrows, static arrow => arrow is { From: "Low", To: "High", File: "Low/T.cs" });
    }

    [Fact]
    public void A_row_and_an_arrow_that_are_gone_have_to_leave_the_table()
    {
        House house = House.Of([("Low/Thing.cs", "namespace Lib.Low; class Thing;"), ("High/Tower.cs", "namespace Lib.High; class Tower;"), ("New/Shed.cs", "namespace Lib.New; class Shed;")]);
        Assert.Equal(
            ["The room New is missing in the table.", "Line 2 of the table: there is no room Old any more.", "Line 3 of the table: High does not name Low any more; take it out."],
            new RoomTable("Low: -\nOld: -\nHigh: Low").Compare(house));
    }

    [Theory]
    [InlineData("A: B\nB: -")]
    [InlineData("A: A")]
    [InlineData("A: -\nB: A C\nC: B")]
    public void A_table_with_a_circle_is_refused(string table) => Assert.Contains("does not stand above it", Assert.Throws<InvalidDataException>(() => new RoomTable(table)).Message);
}
