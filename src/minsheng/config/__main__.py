from minsheng.config.command import main

main()
