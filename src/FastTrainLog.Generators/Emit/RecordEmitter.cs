using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the statements that bring a call's arguments into a record.</summary>
/// <remarks>All that runs the user's code comes before the record begins: a log call made from there must not meet a half-written record.</remarks>
internal static class RecordEmitter
{
    private const int StackChars = 128;

    public static void Emit(SourceWriter writer, MethodModel method, MemberNames names, string logger, string level)
    {
        var arguments = new List<ArgumentModel>(method.Arguments);
        if (method.Exception is { } exception)
        {
            arguments.Add(exception);
        }

        int fixedBytes = method.IsLevelParameter ? 1 : 0;
        var sizes = new List<string>();
        foreach (ArgumentModel argument in arguments)
        {
            string captured = Captured(argument, names);
            switch (argument.Binary.Form)
            {
                case ArgumentForm.Exception:
                    writer.Line($"{Names.ExceptionText} {captured} = {Names.ExceptionText}.Capture({argument.Parameter});");
                    break;
                case ArgumentForm.Text:
                    writer.Line($"var {captured} = new {Names.TextArgument}(stackalloc char[{StackChars}]);");
                    writer.Line(argument.IsSequence && !method.RendersAsDefined
                        ? $"{captured}.FormatSequence({argument.Parameter});"
                        : $"{captured}.Format({argument.Parameter}, {Literals.String(argument.Format)});");
                    break;
            }

            if (argument.Binary.Size > 0)
            {
                fixedBytes += argument.Binary.Size + (argument.Binary.IsNullable ? 1 : 0);
            }
            else
            {
                string measured = argument.Binary.Form == ArgumentForm.Text ? $"{captured}.Written" : captured;
                sizes.Add($"{Names.RecordWriter}.SizeOf({measured})");
            }
        }

        if (fixedBytes > 0 || sizes.Count == 0)
        {
            sizes.Insert(0, fixedBytes.ToString());
        }

        writer.Line($"{Names.RecordWriter} {names.Record} = {logger}.Begin({names.Site}.Value, {level}, {string.Join(" + ", sizes)});");
        if (method.IsLevelParameter)
        {
            writer.Line($"{names.Record}.Write((byte){level});");
        }

        foreach (ArgumentModel argument in arguments)
        {
            Write(writer, argument, names);
        }

        writer.Line($"{names.Record}.Commit({level});");
        foreach (ArgumentModel argument in arguments)
        {
            if (argument.Binary.Form == ArgumentForm.Text)
            {
                writer.Line($"{Captured(argument, names)}.Dispose();");
            }
        }
    }

    private static string Captured(ArgumentModel argument, MemberNames names) =>
        argument.Binary.Form switch
        {
            ArgumentForm.Exception => $"{argument.Parameter.TrimStart('@')}Capture{names.Suffix}",
            ArgumentForm.Text => $"{argument.Parameter.TrimStart('@')}Text{names.Suffix}",
            _ => argument.Parameter,
        };

    private static void Write(SourceWriter writer, ArgumentModel argument, MemberNames names)
    {
        string value = Captured(argument, names);
        string cast = argument.Binary.Form == ArgumentForm.CastValue ? $"({argument.Binary.Cast})" : string.Empty;
        if (argument.Binary.IsNullable)
        {
            writer.Line($"{names.Record}.Write({value}.HasValue);");
            writer.If($"{value}.HasValue", $"{names.Record}.Write({cast}{value}.GetValueOrDefault());");
            writer.Line();
        }
        else if (argument.Binary.Form == ArgumentForm.Text)
        {
            writer.Line($"{names.Record}.Write({value}.Written, {value}.IsNull);");
        }
        else
        {
            writer.Line($"{names.Record}.Write({cast}{value});");
        }
    }
}
