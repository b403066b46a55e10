from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "minsheng.work.casework"
    label = "casework"
    verbose_name = "办件"

    def ready(self) -> None:
        """This method will check the procedures, declare the jobs and subscribe to the news of other rooms."""
        from minsheng.work.casework import jobs as jobs
        from minsheng.work.casework.procedures import procedures
        from minsheng.work.casework.subscribers import listen

        procedures()
        listen()
