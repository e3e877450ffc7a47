using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog completion SHELL</c>: what a shell needs to complete commands and options.</summary>
/// <remarks>The script is self-contained, so that a completion starts no process.</remarks>
internal static class CompletionCommand
{
    public static Command Create(RootCommand root, TextWriter output)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh.", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new DocumentedCommand(
            "completion",
            "Prints a shell completion script for commands and options.",
            """
            Writes a script by which a shell completes commands, options and their values; paths are completed as usual.

            Returns 0; 2 for a wrong command line.

            Examples:
              source <(fasttrainlog completion bash)                        # in ~/.bashrc
              source <(fasttrainlog completion zsh)                         # in ~/.zshrc, behind compinit
              fasttrainlog completion fish | source                         # in ~/.config/fish/config.fish
              fasttrainlog completion pwsh | Out-String | Invoke-Expression # in $PROFILE
            """)
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            output.Write(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash(root),
                "zsh" => Zsh(root),
                "fish" => Fish(root),
                _ => PowerShell(root),
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Bash(RootCommand root)
    {
        var script = new StringBuilder("_fasttrainlog() {\n    local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n");
        script.Append("    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"").Append(Words(root)).Append("\"\n    else\n        case \"${COMP_WORDS[1]} $before\" in\n");
        foreach (Command command in root.Subcommands)
        {
            foreach (Option option in Options(command).Where(option => Values(option).Length > 0))
            {
                script.Append("            ").AppendJoin('|', Names(option).Select(name => $"'{command.Name} {name}'")).Append(") words=\"").AppendJoin(' ', Values(option)).Append("\" ;;\n");
            }

            string[] values = [.. command.Arguments.SelectMany(Values)];
            script.Append($"            '{command.Name} '*) words=\"").AppendJoin(' ', [.. values, Words(command)]).Append("\" ;;\n");
        }

        script.Append("        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -o bashdefault -o default -F _fasttrainlog fasttrainlog\n");
        return script.ToString();
    }

    private static string Zsh(RootCommand root)
    {
        var script = new StringBuilder("#compdef fasttrainlog\n_fasttrainlog() {\n    local -a commands\n    commands=(\n");
        foreach (Command command in root.Subcommands)
        {
            script.Append("        ").Append(ZshQuote($"{command.Name}:{command.Description}")).Append('\n');
        }

        script.Append("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=${words[2]}\n    words=(\"${words[1]}\" \"${(@)words[3,-1]}\")\n    (( CURRENT-- ))\n    case $command in\n");
        foreach (Command command in root.Subcommands)
        {
            script.Append("        ").Append(command.Name).Append(") _arguments");
            foreach (Option option in Options(command))
            {
                foreach (string name in Names(option))
                {
                    string value = TakesValue(option) ? $":value:{(Values(option) is { Length: > 0 } values ? $"({string.Join(' ', values)})" : "_files")}" : string.Empty;
                    script.Append(' ').Append(ZshQuote($"{name}[{ZshText(option.Description)}]{value}"));
                }
            }

            string[] arguments = [.. command.Arguments.SelectMany(Values)];
            script.Append(' ').Append(ZshQuote(arguments.Length > 0 ? $"*:value:({string.Join(' ', arguments)})" : "*:path:_files")).Append(" ;;\n");
        }

        script.Append("    esac\n}\ncompdef _fasttrainlog fasttrainlog\n");
        return script.ToString();
    }

    private static string Fish(RootCommand root)
    {
        var script = new StringBuilder();
        foreach (Command command in root.Subcommands)
        {
            script.Append("complete -c fasttrainlog -n __fish_use_subcommand -f -a ").Append(command.Name).Append(" -d ").Append(FishQuote(command.Description)).Append('\n');
            string condition = $"-n {FishQuote($"__fish_seen_subcommand_from {command.Name}")}";
            foreach (Option option in Options(command))
            {
                script.Append("complete -c fasttrainlog ").Append(condition);
                foreach (string name in Names(option))
                {
                    script.Append(name.StartsWith("--", StringComparison.Ordinal) ? " -l " : " -s ").Append(name.TrimStart('-'));
                }

                string[] values = Values(option);
                script.Append(values.Length > 0 ? $" -x -a {FishQuote(string.Join(' ', values))}" : TakesValue(option) ? " -r" : string.Empty).Append(" -d ").Append(FishQuote(option.Description)).Append('\n');
            }

            if (command.Arguments.SelectMany(Values).ToArray() is { Length: > 0 } arguments)
            {
                script.Append("complete -c fasttrainlog ").Append(condition).Append(" -f -a ").Append(FishQuote(string.Join(' ', arguments))).Append('\n');
            }
        }

        return script.ToString();
    }

    private static string PowerShell(RootCommand root)
    {
        var script = new StringBuilder("Register-ArgumentCompleter -Native -CommandName fasttrainlog -ScriptBlock {\n    param($wordToComplete, $commandAst, $cursorPosition)\n    $words = @{\n");
        script.Append("        '' = ").Append(PowerShellList(Words(root).Split(' '))).Append('\n');
        foreach (Command command in root.Subcommands)
        {
            script.Append($"        '{command.Name}' = ").Append(PowerShellList([.. command.Arguments.SelectMany(Values), .. Words(command).Split(' ')])).Append('\n');
            foreach (Option option in Options(command).Where(option => Values(option).Length > 0))
            {
                foreach (string name in Names(option))
                {
                    script.Append($"        '{command.Name} {name}' = ").Append(PowerShellList(Values(option))).Append('\n');
                }
            }
        }

        script.Append(
            """
                }
                $elements = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
                $last = $elements.Count - 1
                if ($wordToComplete -ne '') { $last-- }
                $command = if ($last -ge 1) { $elements[1] } else { '' }
                $key = if ($last -ge 2 -and $words.ContainsKey("$command $($elements[$last])")) { "$command $($elements[$last])" } else { $command }
                $words[$key] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """);
        return script.ToString();
    }

    private static string Words(Command command) => string.Join(' ', command.Subcommands.Select(sub => sub.Name).Concat(Options(command).SelectMany(Names)));

    // With those that the commands above it hand down, as --help.
    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive))).Where(option => !option.Hidden);

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-')).Distinct();

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    private static string[] Values(Symbol symbol) => symbol is Option && !TakesValue((Option)symbol) ? [] : [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static string ZshQuote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string ZshText(string? text) => (text ?? string.Empty).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static string FishQuote(string? text) => $"'{(text ?? string.Empty).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string PowerShellList(IEnumerable<string> words) => $"@({string.Join(", ", words.Select(word => $"'{word}'"))})";
}
