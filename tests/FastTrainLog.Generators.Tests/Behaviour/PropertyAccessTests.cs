using FastTrainLog.Generators.Tests.Compiling;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>What is taken apart is logged by the properties that were found, whatever else has their names.</summary>
public sealed class PropertyAccessTests
{
    [Theory]
    [InlineData("an interface of two bases with one name", "public interface IA { int Name { get; } } public interface IB { int Name { get; } } public interface IBoth : IA, IB; public sealed class C : IBoth { int IA.Name => 1; int IB.Name => 2; }", "IBoth", "1")]
    [InlineData("a base interface's method of the name", "public interface IA { int Name { get; } } public interface IB { void Name(int a); } public interface IBoth : IB, IA; public sealed class C : IBoth { int IA.Name => 1; void IB.Name(int a) { } }", "IBoth", "1")]
    [InlineData("an interface that hides its base's", "public interface IA { string Name { get; } } public interface IBoth : IA { new int Name { get; } } public sealed class C : IBoth { string IA.Name => \"a\"; int IBoth.Name => 1; }", "IBoth", "1")]
    [InlineData("a new method", "public class B { public int Name => 1; } public sealed class C : B { public new int Name() => 2; }", "C", "1")]
    [InlineData("a new type", "public class B { public int Name => 1; } public sealed class C : B { public new enum Name { One } }", "C", "1")]
    [InlineData("a new field", "public class B { public int Name => 1; } public sealed class C : B { public new int Name = 2; }", "C", "1")]
    [InlineData("a new event", "public class B { public int Name => 1; } public sealed class C : B { public new event Action? Name { add { } remove { } } }", "C", "1")]
    [InlineData("a new constant", "public class B { public int Name => 1; } public sealed class C : B { public new const int Name = 2; }", "C", "1")]
    [InlineData("a new static property", "public class B { public int Name => 1; } public sealed class C : B { public static new int Name => 2; }", "C", "1")]
    [InlineData("a new property that cannot be read", "public class B { public int Name => 1; } public sealed class C : B { public new int Name { set { } } }", "C", "1")]
    [InlineData("a new property", "public class B { public int Name => 2; } public sealed class C : B { public new int Name => 1; }", "C", "1")]
    [InlineData("an override", "public class B { public virtual int Name => 2; } public class D : B { public override int Name => 3; } public sealed class C : D { public override int Name => 1; }", "C", "1")]
    [InlineData("an override of the setter alone", "public class B { public virtual int Name { get => 1; set { } } } public sealed class C : B { public override int Name { set { } } }", "C", "1")]
    [InlineData("a member of an inaccessible kind", "public class B { public int Name => 1; } public sealed class C : B { private new int Name => 2; }", "C", "1")]
    [InlineData("two levels up", "public class A { public int Name => 1; } public class B : A { public new int Name() => 2; } public sealed class C : B { public new int Name = 3; }", "C", "1")]
    [InlineData("a generic base", "public class B<T> { public T? Name { get; } = (T)(object)1; } public sealed class C : B<int> { public new void Name() { } }", "C", "1")]
    public void The_property_is_logged_and_not_what_hides_it(string name, string types, string type, string expected)
    {
        Assert.NotEmpty(name);
        CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "{x.Name}")] static partial void M(ILogger logger, [LogFields] {{type}}? x);""", "M(logger, new C());", types)
            .Says(expected, ("x.Name", expected));
    }

    [Fact]
    public void A_private_member_of_the_logging_class_is_not_logged_in_the_place_of_the_public_one() => CompiledLog.Of(
        "static void M(ILogger logger, C x) => C.M(logger, x);",
        "M(logger, new C());",
        """
        public class B { public string Key => "public"; }
        public sealed partial class C : B
        {
            private new string Key => "secret";
            [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [LogFields] C x);
            public override string ToString() => Key;
        }
        """).Says("m", ("x.Key", "public"));

    [Theory]
    [InlineData("where T : IBoth", "M<C>(logger, new C());")]
    [InlineData("where T : class, IB, IA", "M<C>(logger, new C());")]
    [InlineData("where T : struct, IBoth", "M<S>(logger, default);")]
    public void Constraints_may_have_two_members_of_a_name(string constraint, string call) => CompiledLog.Of(
        $$"""[TrainLog(1, LogLevel.Information, "m")] static partial void M<T>(ILogger logger, [LogFields] T x) {{constraint}};""",
        call,
        "public interface IA { int Name { get; } } public interface IB { int Name { get; } } public interface IBoth : IB, IA; public sealed class C : IBoth { int IA.Name => 1; int IB.Name => 1; } public struct S : IBoth { int IA.Name => 1; int IB.Name => 1; }")
        .Says("m", ("x.Name", "1"));

    [Fact]
    public void Null_on_the_way_to_a_hidden_property_is_null() => CompiledLog.Of(
        """[TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, [LogFields] Outer? x);""",
        "M(logger, new Outer());",
        "public class B { public int Name => 1; } public sealed class C : B { public new void Name() { } } public sealed class Outer { public C? Inner { get; set; } }")
        .Says("m", ("x.Inner.Name", string.Empty));

    [Fact]
    public void What_no_code_may_use_is_left_out_and_what_is_experimental_is_logged()
    {
        const string Types = """
            #pragma warning disable EXP001, EXP002, EXP003
            public sealed class C
            {
                [Obsolete("gone", error: true)] public int Gone => 1;
                public int Half { [Obsolete("gone", error: true)] get => 1; set { } }
                [Obsolete("old")] public int Old => 2;
                [System.Diagnostics.CodeAnalysis.Experimental("EXP001")] public int New => 3;
                public Trial Trial { get; set; } = new();
                public List<Trial>? Trials => null;
            }
            [System.Diagnostics.CodeAnalysis.Experimental("EXP002")] public sealed class Trial { public int Deep => 4; public override string ToString() => "trial"; }
            [System.Diagnostics.CodeAnalysis.Experimental("EXP003")] public enum Phase { One }
            """;
        CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{phase}")] static partial void M(ILogger logger, [LogFields] C x, Phase phase, Dictionary<string, Trial[]>? all);""".Replace("{phase}", "m {phase} {all}"),
            "M(logger, new C(), Phase.One, null);",
            Types)
            .Says("m One (null)", ("x.Old", "2"), ("x.New", "3"), ("x.Trial.Deep", "4"), ("x.Trials", string.Empty), ("phase", "One"), ("all", string.Empty));
    }
}
