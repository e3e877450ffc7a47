using FastTrainLog.Tool;

return CommandLine.Run(args, Console.Out, Console.Error);
